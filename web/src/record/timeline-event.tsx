import { Clock, Plus, RotateCcw, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { type Actor, type HistoryEvent, useUsers } from "@/api";
import { FieldIcon, type ObjectType } from "@/catalog";
import { formatFullDateTime, formatTime } from "@/format";
import { displayText, isEmpty, looseText, StageBadge, isLinked } from "@/values";
import { type Change, changesOf, isLong, named } from "./changes";
import { Sentence } from "./sentence";
import { t } from "./texts";

interface EventProps {
  object: ObjectType;
  event: HistoryEvent;
  nameOf: (id: string) => string;
}

/** An event of a record's history as a sentence. */
export function TimelineEvent({ object, event, nameOf }: EventProps) {
  const actor = useActor(event.actor);
  const changes = event.type === "updated" ? changesOf(object, event) : [];
  const single = changes.length === 1 ? changes[0] : undefined;
  const values = { object: object.label.toLowerCase() };
  const parts = { actor: <span className="font-medium text-text" dir="auto">{actor}</span> };
  let sentence: ReactNode;
  if (event.type !== "updated") sentence = <Sentence text={t(`event_${event.type}`, values)} parts={parts} />;
  else if (single !== undefined) sentence = <SingleChange change={single} parts={parts} nameOf={nameOf} />;
  else if (changes.length === 0) sentence = <Sentence text={t("event_touched", values)} parts={parts} />;
  else sentence = <Sentence text={t("event_many")} parts={{ ...parts, field: t("fields", { count: changes.length }) }} />;
  const origin = originOf(event.actor);
  return (
    <div className="flex gap-2.5 px-1 text-muted">
      <span className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full bg-sunken text-faint" aria-hidden="true">
        <EventIcon event={event} change={single} />
      </span>
      <div className="min-w-0 flex-1 leading-6">
        <p className="break-words">
          {sentence}
          {origin === null ? null : <span> {origin}</span>}
          <time dateTime={event.occurred_at} title={formatFullDateTime(event.occurred_at)} className="ml-2 text-xs text-faint">{formatTime(event.occurred_at)}</time>
        </p>
        {changes.length > 1 ? (
          <ul className="mt-0.5 flex flex-col gap-0.5 border-l border-line pl-3 text-sm leading-5">
            {changes.map((change) => <li key={change.name} className="break-words"><ChangeLine change={change} nameOf={nameOf} /></li>)}
          </ul>
        ) : null}
      </div>
    </div>
  );
}

function EventIcon({ event, change }: { event: HistoryEvent; change: Change | undefined }) {
  if (event.type === "created") return <Plus size={12} />;
  if (event.type === "deleted") return <Trash2 size={12} />;
  if (event.type === "restored") return <RotateCcw size={12} />;
  return change?.field === undefined ? <Clock size={12} /> : <FieldIcon type={change.field.type} size={12} />;
}

function SingleChange({ change, parts, nameOf }: { change: Change; parts: Record<string, ReactNode>; nameOf: EventProps["nameOf"] }) {
  const { field, from, to } = change;
  const all = { ...parts, field: <FieldName change={change} />, from: <Shown change={change} value={from} nameOf={nameOf} />, to: <Shown change={change} value={to} nameOf={nameOf} /> };
  if (isLong(field)) return <Sentence text={isEmpty(to) ? t("event_many") : t("event_text")} parts={all} />;
  if (field?.object === "stage" && !isEmpty(from) && !isEmpty(to)) return <Sentence text={t("event_stage")} parts={all} />;
  if (field?.name === "owner" && !isEmpty(to)) return <Sentence text={t("event_owner")} parts={all} />;
  return <Sentence text={isEmpty(from) ? t("event_set") : isEmpty(to) ? t("event_cleared") : t("event_changed")} parts={all} />;
}

function ChangeLine({ change, nameOf }: { change: Change; nameOf: EventProps["nameOf"] }) {
  const { field, from, to } = change;
  const parts = { field: <FieldName change={change} />, from: <Shown change={change} value={from} nameOf={nameOf} />, to: <Shown change={change} value={to} nameOf={nameOf} /> };
  if (isLong(field)) return <FieldName change={change} />;
  return <Sentence text={isEmpty(from) ? t("change_set") : isEmpty(to) ? t("change_cleared") : t("change_changed")} parts={parts} />;
}

function FieldName({ change: { field } }: { change: Change }) {
  return <span>{field?.label.toLowerCase() ?? t("removed_field")}</span>;
}

function Shown({ change: { field }, value, nameOf }: { change: Change; value: unknown; nameOf: EventProps["nameOf"] }) {
  const known = named(value, nameOf);
  if (field?.object === "stage" && isLinked(known)) return <span className="inline-flex align-middle"><StageBadge id={known.id} name={known.name} /></span>;
  return <span className="text-text" dir="auto">{field === undefined ? looseText(known) : displayText(field, known)}</span>;
}

function useActor(actor: Actor): string {
  const users = useUsers();
  const id = typeof actor.user === "string" ? actor.user : actor.id;
  const name = actor.name ?? users.find((user) => user.id === id)?.name;
  return name ?? (id === undefined || id === null ? t("kith") : t("somebody"));
}

/** How a change came about, where it wasn't by hand. */
function originOf(actor: Actor): string | null {
  if (typeof actor.demo === "string") return t("by_demo");
  if (typeof actor.import === "string") return t("by_import");
  return actor.via === "token" ? t("by_api") : null;
}
