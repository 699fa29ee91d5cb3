import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { CalendarDays, ChevronsDown, ChevronsUp } from "lucide-react";
import { useRef } from "react";
import { type KithRecord, useSession } from "@/api";
import { recordName } from "@/catalog";
import { addDays, dayOf, daysBetween, formatDate, formatFullDateTime, today } from "@/format";
import { Avatar, Checkbox } from "@/ui";
import { isLinked, RecordLink } from "@/values";
import { t } from "./texts";
import { toggleTask } from "./toggle";

export interface TaskRowProps {
  task: KithRecord;
  /** Leaves out what the task is about, where that is plain. */
  hideAbout?: boolean | undefined;
  /** Leaves out who shall do it. */
  hideAssignee?: boolean | undefined;
}

/** A task on one line: ticked off with the box, opened with its name. */
export function TaskRow({ task, hideAbout, hideAssignee }: TaskRowProps) {
  const { user } = useSession();
  const done = task.done === true;
  const name = recordName(task, t("untitled"));
  const { about, assignee } = task;
  const row = useRef<HTMLDivElement>(null);
  const toggle = (next: boolean) => {
    // A task that was ticked off leaves its list: the focus goes on to the one after it.
    const item = row.current?.closest("li");
    if (item?.contains(document.activeElement)) (item.nextElementSibling ?? item.previousElementSibling)?.querySelector<HTMLElement>("[role=checkbox]")?.focus();
    void toggleTask(task, next);
  };
  return (
    <div ref={row} className="group flex min-h-9 items-center gap-2.5 rounded-md px-2 py-1 hover:bg-hover">
      <Checkbox checked={done} disabled={user.role === "read_only"} label={t(done ? "mark_open" : "mark_done", { name })} onChange={toggle} className="rounded-full!" />
      <div className="flex min-w-0 flex-1 items-center gap-x-3 max-sm:flex-col max-sm:items-start">
        <Link
          to="/objects/$object/$id"
          params={{ object: "tasks", id: task.id }}
          dir="auto"
          className={clsx("min-w-0 truncate rounded-sm leading-6 hover:underline hover:decoration-line-strong hover:underline-offset-2 max-sm:max-w-full", done && "text-faint line-through")}
        >
          {name}
        </Link>
        {!hideAbout && isLinked(about) && about.object !== undefined ? (
          <RecordLink object={about.object} id={about.id} name={about.name} className="max-w-64 shrink text-xs leading-6 text-muted max-sm:max-w-full" />
        ) : null}
      </div>
      <span className="flex shrink-0 items-center gap-2">
        <Priority value={task.priority} />
        <Due value={task.due_at} done={done} />
        {!hideAssignee && isLinked(assignee) ? <span title={assignee.name ?? undefined}><Avatar name={assignee.name ?? "?"} /><span className="sr-only">{assignee.name}</span></span> : null}
      </span>
    </div>
  );
}

function Priority({ value }: { value: unknown }) {
  if (value === "high") return <ChevronsUp size={14} className="text-danger-text" role="img" aria-label={t("high")} />;
  if (value === "low") return <ChevronsDown size={14} className="text-faint" role="img" aria-label={t("low")} />;
  return null;
}

/** When it is due: red once that is past. */
function Due({ value, done }: { value: unknown; done: boolean }) {
  if (typeof value !== "string") return null;
  const day = dayOf(value);
  const now = today();
  const late = !done && day < now;
  const text = day === now ? t("today") : day === addDays(now, 1) ? t("tomorrow") : formatDate(day);
  return (
    <time
      dateTime={value}
      title={formatFullDateTime(value)}
      className={clsx("inline-flex items-center gap-1 text-xs", late ? "text-danger-text" : daysBetween(now, day) === 0 && !done ? "text-accent-text" : "text-muted")}
    >
      <CalendarDays size={12} aria-hidden="true" className="max-sm:hidden" />
      {text}
    </time>
  );
}
