import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import { CheckSquare } from "lucide-react";
import { type RefObject, useMemo, useRef } from "react";
import { asProblem, keys, type KithRecord, listRecords, type ListRequest, useSession, useUsers } from "@/api";
import { type Command, useCommands } from "@/commands";
import { openQuickCreate, TopBar } from "@/shell";
import { Button, EmptyState, PageSkeleton, Segmented, Select } from "@/ui";
import { groupByDue } from "./group";
import { TaskAdd } from "./task-add";
import { TaskRow } from "./task-row";
import { t } from "./texts";
import { TASK_FIELDS } from "./toggle";

const PAGE = 100;

/** Whose tasks are shown, as the API is asked for them. */
function filterOf(assignee: string | undefined, done: boolean): string {
  const state = done ? "done" : "!done";
  if (assignee === "all") return state;
  return `${assignee === undefined ? "assignee == me()" : `assignee == ${JSON.stringify(assignee)}`} && ${state}`;
}

/** What somebody has to do, by when it is due. */
export function TasksPage() {
  const { user } = useSession();
  const users = useUsers();
  const { assignee, show } = useSearch({ from: "/app/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  const done = show === "done";
  const list = useRef<HTMLDivElement>(null);
  const request: ListRequest = { filter: filterOf(assignee, done), fields: TASK_FIELDS, sort: done ? "-done_at" : "due_at", limit: PAGE, count: "none" };
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...keys.object("tasks"), "page", request],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listRecords("tasks", { ...request, cursor: pageParam }, signal),
    getNextPageParam: ({ page }) => page.next_cursor,
  });
  const tasks = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const others = users.filter((one) => one.id !== user.id);
  useTaskKeys(list);
  return (
    <>
      <TopBar
        title={t("tasks")}
        icon={<CheckSquare size={15} />}
        actions={
          <>
            <Segmented<"open" | "done">
              label={t("show")}
              value={done ? "done" : "open"}
              onChange={(next) => void navigate({ search: (now) => ({ ...now, show: next === "done" ? "done" : undefined }), replace: true })}
              choices={[
                { value: "open", label: t("show_open") },
                { value: "done", label: t("show_done") },
              ]}
            />
            <Select
              label={t("filter_assignee")}
              value={assignee ?? "me"}
              onChange={(next) => void navigate({ search: (now) => ({ ...now, assignee: next === "me" ? undefined : next }), replace: true })}
              className="h-7! w-auto! max-w-40"
              choices={[{ value: "me", label: t("me") }, { value: "all", label: t("everybody") }, ...others.map((one) => ({ value: one.id, label: one.name }))]}
            />
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div ref={list} className="mx-auto max-w-3xl px-4 pt-4 pb-16">
          {user.role === "read_only" || done ? null : <TaskAdd assignee={assignee === "all" ? undefined : assignee} />}
          {isPending ? <PageSkeleton /> : null}
          {error !== null && data === undefined ? (
            <EmptyState title={t("failed")} text={asProblem(error).detail} actions={<Button onClick={() => void refetch()}>{t("try_again")}</Button>} />
          ) : null}
          {data !== undefined && tasks.length === 0 ? <NoTasks done={done} filtered={assignee !== undefined} canCreate={user.role !== "read_only"} /> : null}
          {done ? <Rows tasks={tasks} hideAssignee={assignee !== "all"} /> : <Groups tasks={tasks} hideAssignee={assignee !== "all"} />}
          {hasNextPage ? <div className="mt-4 flex justify-center"><Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("more")}</Button></div> : null}
        </div>
      </div>
    </>
  );
}

function Groups({ tasks, hideAssignee }: { tasks: readonly KithRecord[]; hideAssignee: boolean }) {
  return groupByDue(tasks).map(({ bucket, tasks: found }) => (
    <section key={bucket} aria-label={t(bucket)} className="mt-6">
      <h2 className={clsx("mb-1 flex items-baseline gap-1.5 text-sm font-medium", bucket === "overdue" && "text-danger-text")}>
        {t(bucket)}
        <span className="text-xs font-normal text-faint">{found.length}</span>
      </h2>
      <Rows tasks={found} hideAssignee={hideAssignee} />
    </section>
  ));
}

function Rows({ tasks, hideAssignee }: { tasks: readonly KithRecord[]; hideAssignee: boolean }) {
  return (
    <ul className="-mx-2 mt-1 flex flex-col">
      {tasks.map((task) => <li key={task.id}><TaskRow task={task} hideAssignee={hideAssignee} /></li>)}
    </ul>
  );
}

function NoTasks({ done, filtered, canCreate }: { done: boolean; filtered: boolean; canCreate: boolean }) {
  return (
    <EmptyState
      icon={<CheckSquare size={20} />}
      title={done ? t("none_done") : t("none")}
      text={done ? t("none_done_text") : t("none_text")}
      actions={
        filtered ? (
          <Link to="/tasks" search={{}} className="rounded-sm text-sm font-medium text-accent-text hover:underline">{t("clear_filter")}</Link>
        ) : done || !canCreate ? undefined : (
          <Button variant="primary" onClick={() => openQuickCreate({ object: "task", values: {} })}>{t("new_task")}</Button>
        )
      }
    />
  );
}

/** J and K move between tasks; Space ticks the one in focus. */
function useTaskKeys(list: RefObject<HTMLElement | null>): void {
  const commands = useMemo((): Command[] => {
    const step = (by: 1 | -1) => {
      const boxes = [...(list.current?.querySelectorAll<HTMLElement>("li [role=checkbox]") ?? [])];
      const at = boxes.findIndex((box) => box.closest("li")?.contains(document.activeElement));
      boxes[at < 0 ? 0 : Math.min(Math.max(at + by, 0), boxes.length - 1)]?.focus();
    };
    return [
      { id: "tasks.next", title: t("next_task"), section: t("tasks"), shortcut: "j", keyboardOnly: true, run: () => step(1) },
      { id: "tasks.previous", title: t("previous_task"), section: t("tasks"), shortcut: "k", keyboardOnly: true, run: () => step(-1) },
    ];
  }, [list]);
  useCommands(commands);
}
