import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { clsx } from "clsx";
import { CircleAlert, Flame } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import type { KithRecord } from "@/api";
import { type Field, type ObjectType, recordName } from "@/catalog";
import { daysSince, formatRelative, today } from "@/format";
import { Tooltip } from "@/ui";
import { isEmpty, isLinked, RecordLink, UserName, Value } from "@/values";
import { type Column, columnValue } from "@/views";
import { CardMenu } from "./card-menu";
import type { BoardGroup } from "./groups";
import { t } from "./texts";

export interface BoardCardProps {
  object: ObjectType;
  record: KithRecord;
  group: BoardGroup;
  groups: readonly BoardGroup[];
  columns: readonly Column[];
  /** When the next task is due; undefined where there is none, "unknown" while that isn't known. */
  nextStep: string | null | undefined | "unknown";
  active: boolean;
  peeked: boolean;
  readOnly: boolean;
  onActivate: () => void;
  onOpen: () => void;
  onPeek: () => void;
  onMove: (record: KithRecord, to: BoardGroup) => void;
}

/** What a drag carries. */
export interface CardData extends Record<string | symbol, unknown> {
  kind: "card";
  record: KithRecord;
  from: string | null;
}

export function isCard(data: Record<string | symbol, unknown>): data is CardData {
  return data.kind === "card";
}

/** How many values a card shows below its name. */
const SHOWN = 4;

/** Whether values of a field stand beside others on one line of a card. */
function isShort(field: Field): boolean {
  return ["currency", "number", "decimal", "date", "rating", "boolean", "select"].includes(field.type);
}

export const BoardCard = memo(function BoardCard(props: BoardCardProps) {
  const { object, record, group, groups, columns, nextStep, active, peeked, readOnly, onActivate, onOpen, onPeek, onMove } = props;
  const element = useRef<HTMLDivElement>(null);
  const [dragging, setDragging] = useState(false);
  const [near, setNear] = useState(false);
  const latest = useRef(record);
  latest.current = record;
  useEffect(() => {
    if (element.current === null || readOnly) return;
    return draggable({
      element: element.current,
      getInitialData: (): CardData => ({ kind: "card", record: latest.current, from: group.value }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
  }, [group.value, readOnly]);
  const name = recordName(record, t("untitled"));
  const owner = record.owner;
  const shown = columns.filter((column) => column.path !== "name" && column.field.name !== "owner" && !isEmpty(columnValue(column, record))).slice(0, SHOWN);
  const short = shown.filter((column) => isShort(column.field));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a card takes the focus; its keys are the board's
    <div
      ref={element}
      id={`card-${record.id}`}
      role="group"
      data-record={record.id}
      data-flash="whole"
      aria-roledescription="card"
      aria-label={name}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={active ? 0 : -1}
      onFocus={(event) => {
        // A finger on the menu's button focuses it: the button has to stay for the tap.
        if (event.target !== element.current) return;
        setNear(true);
        onActivate();
      }}
      onPointerEnter={(event) => event.pointerType === "mouse" && setNear(true)}
      onClick={onActivate}
      onDoubleClick={onOpen}
      onKeyDown={() => {}}
      className={clsx(
        "group/card relative flex flex-col gap-1.5 rounded-lg border bg-raised p-2.5 shadow-sm select-none",
        peeked ? "border-accent" : "border-line-strong/80 hover:border-faint/50",
        dragging && "opacity-40",
      )}
    >
      <div className="flex items-start gap-1">
        <RecordLink object={object.name} id={record.id} name={name} plain cardless tabIndex={-1} className="min-w-0 flex-1 font-medium [&>span]:line-clamp-2 [&>span]:whitespace-normal" />
        <CardMenu {...{ name, record, group, groups, near, readOnly, onOpen, onPeek, onMove }} />
      </div>
      {shown.filter((column) => !isShort(column.field)).map((column) => (
        <div key={column.path} className="flex h-5 min-w-0 items-center gap-1.5 text-xs text-muted" title={column.label}>
          <Value field={column.field} value={columnValue(column, record)} compact untabbable />
        </div>
      ))}
      {short.length === 0 ? null : (
        <div className="flex min-h-5 min-w-0 flex-wrap items-center gap-x-3 text-xs text-muted">
          {short.map((column) => (
            <span key={column.path} title={column.label} className={clsx("flex min-w-0 items-center", column.field.type === "currency" && "font-medium text-text")}>
              <Value field={column.field} value={columnValue(column, record)} compact untabbable />
            </span>
          ))}
        </div>
      )}
      <div className="flex min-h-5 items-center gap-2 text-xs text-faint">
        {isLinked(owner) ? <UserName user={owner} hideName /> : null}
        <NextStep step={nextStep} done={group.kind === "won" || group.kind === "lost"} />
        <DaysInStage record={record} group={group} near={near} />
      </div>
    </div>
  );
});

function NextStep({ step, done }: { step: BoardCardProps["nextStep"]; done: boolean }) {
  if (done || step === "unknown") return null;
  if (step === undefined) {
    return (
      <span className="inline-flex items-center gap-1 text-warning-text">
        <CircleAlert size={12} aria-hidden="true" />
        {t("no_next_step")}
      </span>
    );
  }
  if (step === null) return null;
  const overdue = step.slice(0, 10) < today();
  return <span className={clsx("truncate", overdue && "text-danger-text")}>{overdue ? t("overdue_step") : t("next_step", { when: formatRelative(step) })}</span>;
}

/** How long a card has been where it is, and whether that is too long. */
function DaysInStage({ record, group, near }: { record: KithRecord; group: BoardGroup; near: boolean }) {
  const since = record.stage_entered_at;
  if (typeof since !== "string" || group.kind === undefined) return null;
  const days = daysSince(since);
  const rotting = group.kind === "open" && typeof group.rottingDays === "number" && days > group.rottingDays;
  const shown = (
    <span className={clsx("ml-auto inline-flex shrink-0 items-center gap-1", rotting && "rounded-sm bg-danger-soft px-1 font-medium text-danger-text")}>
      {rotting ? <Flame size={12} aria-hidden="true" /> : null}
      {t("days", { count: days })}
    </span>
  );
  return near ? <Tooltip label={t(rotting ? "rotting" : "days_in_stage", { count: days })}>{shown}</Tooltip> : shown;
}

export function cardFields(object: ObjectType): string[] {
  return ["name", "owner", "stage_entered_at", "won_reason", "lost_reason"].filter((name) => object.fields.some((field: Field) => field.name === name && !field.retired));
}
