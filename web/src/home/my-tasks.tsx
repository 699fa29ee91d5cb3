import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { keys, listRecords, type ListRequest, useSession } from "@/api";
import { TASK_FIELDS, TaskAdd, TaskRow } from "@/tasks";
import { Section, SECTION_LINK } from "./section";
import { t } from "./texts";

const ROWS = 8;

/** The tasks that are due next, with room to plan another. */
export function MyTasks() {
  const { user } = useSession();
  const request: ListRequest = { filter: "assignee == me() && !done", fields: TASK_FIELDS, sort: "due_at", limit: ROWS };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.list("tasks", request),
    queryFn: ({ signal }) => listRecords("tasks", request, signal),
  });
  const tasks = data?.data ?? [];
  const more = (data?.count?.value ?? 0) - tasks.length;
  return (
    <Section title={t("my_tasks")} action={<Link to="/tasks" className={SECTION_LINK}>{t("all_tasks")}</Link>} loading={isPending} error={data === undefined ? error : null} onRetry={() => void refetch()}>
      {tasks.length === 0 ? (
        <>
          <p className="mb-2 text-muted">{t("no_tasks")}</p>
          {user.role === "read_only" ? null : <TaskAdd />}
        </>
      ) : (
        <ul className="-mx-2 flex flex-col">
          {tasks.map((task) => <li key={task.id}><TaskRow task={task} hideAssignee /></li>)}
        </ul>
      )}
      {more > 0 ? <Link to="/tasks" className="mt-1 block text-xs leading-6 text-muted hover:text-text hover:underline">{t("more_tasks", { count: more })}</Link> : null}
    </Section>
  );
}
