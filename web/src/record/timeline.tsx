import { History } from "lucide-react";
import { useMemo, useState } from "react";
import { type KithRecord, useSession } from "@/api";
import { dayOf, addDays, formatLongDate, today } from "@/format";
import type { ObjectType } from "@/catalog";
import { NoteComposer, NoteItem } from "@/notes";
import { grouped, OpenTasks, TaskAdd, TaskRow, useOpenTasks } from "@/tasks";
import { Banner, Button, EmptyState, Segmented, Skeleton } from "@/ui";
import { referencesOf } from "./changes";
import { t } from "./texts";
import { TimelineEvent } from "./timeline-event";
import { useNames } from "./use-names";
import { hasNotes, type TimelineEntry, type TimelineKind, useTimeline } from "./use-timeline";

export interface TimelineProps {
  object: ObjectType;
  record: KithRecord;
  show: TimelineKind | undefined;
  onShow: (show: TimelineKind | undefined) => void;
}

/** Everything that happened with a record, and where one writes what comes next. */
export function Timeline({ object, record, show, onShow }: TimelineProps) {
  const { user } = useSession();
  const { entries, events, loading, problem, retry, earlier, loadingEarlier } = useTimeline(object, record.id, show);
  const references = useMemo(() => referencesOf(object, events), [object, events]);
  const nameOf = useNames(references);
  const writable = hasNotes(object);
  const days = useMemo(() => [...grouped(entries, ({ at }) => dayOf(at))], [entries]);
  return (
    <div>
      {writable && user.role !== "read_only" ? <Composer object={object} record={record} /> : null}
      {writable && (show === undefined || show === "tasks") ? <Open id={record.id} /> : null}
      {writable ? (
        <div className="mt-5 flex justify-start overflow-x-auto">
          <Segmented<TimelineKind | "all">
            label={t("show")}
            value={show ?? "all"}
            onChange={(next) => onShow(next === "all" ? undefined : next)}
            choices={[
              { value: "all", label: t("show_all_kinds") },
              { value: "notes", label: t("show_notes") },
              { value: "tasks", label: t("show_tasks") },
              { value: "changes", label: t("show_changes") },
            ]}
          />
        </div>
      ) : null}
      {problem === null ? null : <Banner kind="error" className="mt-4" action={<Button size="sm" onClick={retry}>{t("try_again")}</Button>}>{problem.detail}</Banner>}
      {days.map(([day, found]) => (
        <section key={day} aria-label={dayName(day)} className="mt-5">
          <h3 className="mb-2 text-xs font-medium text-muted">{dayName(day)}</h3>
          <ol className="flex flex-col gap-2.5">
            {found.map((entry) => <li key={entry.key}><Entry entry={entry} object={object} nameOf={nameOf} /></li>)}
          </ol>
        </section>
      ))}
      {loading ? <div className="mt-6 flex flex-col gap-3"><Skeleton className="h-16 w-full" /><Skeleton className="h-6 w-2/3" /></div> : null}
      {!loading && problem === null && entries.length === 0 ? <EmptyState icon={<History size={20} />} title={t("nothing_timeline")} text={writable ? t("nothing_timeline_text") : undefined} className="py-10!" /> : null}
      {earlier === null ? null : <div className="mt-5 flex justify-center"><Button busy={loadingEarlier} onClick={earlier}>{t("earlier")}</Button></div>}
    </div>
  );
}

function dayName(day: string): string {
  const now = today();
  return day === now ? t("today") : day === addDays(now, -1) ? t("yesterday") : formatLongDate(day);
}

function Entry({ entry, object, nameOf }: { entry: TimelineEntry; object: ObjectType; nameOf: (id: string) => string }) {
  if (entry.kind === "note") return <NoteItem note={entry.note} />;
  if (entry.kind === "task") return <div className="-mx-1"><TaskRow task={entry.task} hideAbout /></div>;
  return <TimelineEvent object={object} event={entry.event} nameOf={nameOf} />;
}

/** Where a note is written or a task planned. */
function Composer({ object, record }: { object: ObjectType; record: KithRecord }) {
  const [kind, setKind] = useState<"note" | "task">("note");
  const about = { object: object.name, id: record.id };
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Segmented
          label={t("compose")}
          value={kind}
          onChange={setKind}
          choices={[
            { value: "note", label: t("note") },
            { value: "task", label: t("task") },
          ]}
        />
      </div>
      {kind === "note" ? <NoteComposer key={record.id} about={about} /> : <TaskAdd key={record.id} about={about} />}
    </div>
  );
}

function Open({ id }: { id: string }) {
  const tasks = useOpenTasks(id);
  if (tasks === undefined || tasks.length === 0) return null;
  return (
    <section aria-label={t("open_tasks")} className="mt-5">
      <h3 className="mb-1 text-xs font-medium text-muted">{t("open_tasks")}</h3>
      <OpenTasks tasks={tasks} />
    </section>
  );
}
