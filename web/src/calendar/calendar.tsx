import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { KithRecord } from "@/api";
import { type Field, isEditable, type ObjectType, recordName } from "@/catalog";
import { editField } from "@/edit";
import { addDays, clockAt, formatDate, formatLongDate, formatMonth, formatTime, momentAt, today } from "@/format";
import { useNarrow } from "@/list/use-narrow";
import { openQuickCreate } from "@/shell";
import { announce, Button, EmptyState, IconButton, Popover, Skeleton } from "@/ui";
import { addMonths, monthGrid, RecordAvatar, weekdayNames } from "@/values";
import { dateFields, type ListViewState } from "@/views";
import { recordDay } from "./month";
import { t } from "./texts";
import { useMonth } from "./use-month";

export interface CalendarProps {
  object: ObjectType;
  state: ListViewState;
  fields: string;
  peek: string | undefined;
  onPeek: (id: string | null) => void;
  onOpen: (id: string) => void;
  readOnly: boolean;
}

/** How many records a day shows before the rest is counted. */
const SHOWN = 3;

/** Records on the days of a month, by one of their dates. */
export function Calendar(props: CalendarProps) {
  const dates = dateFields(props.object);
  const field = dates.find((one) => one.name === props.state.view.dateField) ?? dates[0];
  if (field === undefined) return <EmptyState className="flex-1" title={t("no_date")} text={t("no_date_text")} />;
  return <MonthView {...props} field={field} />;
}

function MonthView({ object, field, state, fields, peek, onPeek, onOpen, readOnly }: CalendarProps & { field: Field }) {
  const search = useSearch({ from: "/app/objects/$object" });
  const navigate = useNavigate({ from: "/objects/$object" });
  const narrow = useNarrow();
  const month = /^\d{4}-\d\d$/.test(search.month ?? "") ? `${search.month}-01` : `${today().slice(0, 7)}-01`;
  const grid = monthGrid(month);
  const selected = fields.split(/,(?![^(]*\))/).includes(field.name) ? fields : `${fields},${field.name}`;
  const { days, count, loading, stale } = useMonth(object, field, state.view.filter, selected, grid);
  const go = (to: string) => void navigate({ search: (now) => ({ ...now, month: to.slice(0, 7) }), replace: true });
  const editable = !readOnly && isEditable(field);
  const reschedule = (record: KithRecord, day: string) => {
    const before = record[field.name];
    const value = field.type === "datetime" && typeof before === "string" ? momentAt(day, clockAt(before)[1]) : day;
    announce(t("moved", { name: recordName(record, t("untitled")), day: formatLongDate(day) }));
    void editField(object, record, field, value);
  };
  const shared = { object, field, peek, onPeek, onOpen, editable, onReschedule: reschedule };
  const visible = narrow ? grid.filter((day) => day.slice(0, 7) === month.slice(0, 7) && (days.get(day)?.length ?? 0) > 0) : grid;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-11 shrink-0 items-center gap-1 px-4">
        <h2 className="min-w-40 text-base font-semibold" aria-live="polite">{formatMonth(month)}</h2>
        <IconButton label={t("previous")} icon={<ChevronLeft size={16} />} onClick={() => go(addMonths(month, -1))} />
        <IconButton label={t("next")} icon={<ChevronRight size={16} />} onClick={() => go(addMonths(month, 1))} />
        <Button size="sm" onClick={() => go(today())}>{t("today")}</Button>
      </div>
      {narrow ? (
        <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">
          {visible.length === 0 && !loading ? <p className="py-8 text-center text-muted">{t("nothing")}</p> : null}
          {visible.map((day) => (
            <section key={day} className="pt-3" aria-label={formatLongDate(day)}>
              <h3 className={clsx("pb-1 text-xs font-medium", day === today() ? "text-accent-text" : "text-muted")}>{formatLongDate(day)}</h3>
              <ul className="flex flex-col gap-1">
                {days.get(day)?.map((record) => <Entry key={record.id} record={record} {...shared} />)}
              </ul>
            </section>
          ))}
        </div>
      ) : (
        <>
          <div className="grid shrink-0 grid-cols-7 border-y border-line text-xs text-muted" aria-hidden="true">
            {weekdayNames().map((name) => <span key={name} className="px-2.5 py-1.5">{name}</span>)}
          </div>
          <ul aria-label={t("calendar", { objects: object.label_plural.toLowerCase() })} aria-busy={stale || loading} className={clsx("grid min-h-0 flex-1 auto-rows-[minmax(7.5rem,1fr)] grid-cols-7 overflow-y-auto transition-opacity", stale && "opacity-50")}>
            {grid.map((day) => (
              <Day key={day} day={day} outside={day.slice(0, 7) !== month.slice(0, 7)} records={days.get(day) ?? []} total={count(day)} loading={loading} {...shared} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface SharedProps {
  object: ObjectType;
  field: Field;
  peek: string | undefined;
  onPeek: (id: string | null) => void;
  onOpen: (id: string) => void;
  editable: boolean;
  onReschedule: (record: KithRecord, day: string) => void;
}

function Day({ day, outside, records, total, loading, ...shared }: SharedProps & { day: string; outside: boolean; records: readonly KithRecord[]; total: number; loading: boolean }) {
  const { object, field, editable, onReschedule } = shared;
  const cell = useRef<HTMLLIElement>(null);
  const [over, setOver] = useState(false);
  const drop = useRef(onReschedule);
  drop.current = onReschedule;
  useEffect(() => {
    if (cell.current === null || !editable) return;
    return dropTargetForElements({
      element: cell.current,
      canDrop: ({ source }) => source.data.kind === "entry",
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        if (isEntry(source.data)) drop.current(source.data.record, day);
      },
    });
  }, [day, editable]);
  const shown = total > SHOWN ? records.slice(0, SHOWN - 1) : records.slice(0, SHOWN);
  const rest = records.slice(shown.length);
  return (
    <li
      ref={cell}
      aria-label={t("day", { day: formatLongDate(day), count: total, objects: object.label_plural.toLowerCase() })}
      className={clsx("group/day flex min-w-0 flex-col gap-0.5 border-r border-b border-line p-1 nth-[7n]:border-r-0", outside && "bg-sunken", over && "bg-accent-soft")}
    >
      <div className="flex h-6 items-center justify-between pl-1">
        <span className={clsx("flex h-5 min-w-5 items-center justify-center rounded-full px-1 text-xs", day === today() ? "bg-accent font-semibold text-on-accent" : outside ? "text-faint" : "text-muted")}>
          {day.endsWith("-01") ? formatDate(day) : Number(day.slice(8))}
        </span>
        {editable && field.type === "date" ? (
          <IconButton
            size="sm"
            label={t("add", { day: formatLongDate(day) })}
            icon={<Plus size={13} />}
            className="opacity-0 group-hover/day:opacity-100 focus-visible:opacity-100"
            onClick={() => openQuickCreate({ object: object.name, values: { [field.name]: day } })}
          />
        ) : null}
      </div>
      {loading ? <Skeleton className="h-5 w-4/5" /> : null}
      <ul className="flex min-w-0 flex-col gap-0.5">
        {shown.map((record) => <Entry key={record.id} record={record} {...shared} />)}
      </ul>
      {total > shown.length ? (
        <Popover label={formatLongDate(day)} className="w-72" trigger={<button type="button" className="rounded-sm px-1.5 text-left text-xs text-muted hover:bg-hover">{t("more", { n: total - shown.length })}</button>}>
          <p className="pb-2 text-xs font-medium text-muted">{formatLongDate(day)}</p>
          <ul className="flex max-h-80 flex-col gap-0.5 overflow-y-auto">
            {[...shown, ...rest].map((record) => <Entry key={record.id} record={record} {...shared} />)}
          </ul>
        </Popover>
      ) : null}
    </li>
  );
}

interface EntryData extends Record<string | symbol, unknown> {
  kind: "entry";
  record: KithRecord;
}

function isEntry(data: Record<string | symbol, unknown>): data is EntryData {
  return data.kind === "entry";
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function Entry({ record, object, field, peek, onPeek, onOpen, editable, onReschedule }: SharedProps & { record: KithRecord }) {
  const element = useRef<HTMLButtonElement>(null);
  const latest = useRef(record);
  latest.current = record;
  useEffect(() => {
    if (element.current === null || !editable) return;
    return draggable({ element: element.current, getInitialData: (): EntryData => ({ kind: "entry", record: latest.current }) });
  }, [editable]);
  const name = recordName(record, t("untitled"));
  const value = record[field.name];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const day = recordDay(field, record);
    if (event.key === "Enter") onOpen(record.id);
    else if (editable && event.shiftKey && step !== undefined && day !== null) {
      onReschedule(record, addDays(day, step));
      // The entry is drawn anew on its other day, and keeps the focus.
      setTimeout(() => document.querySelector<HTMLElement>(`[data-entry="${record.id}"]`)?.focus(), 60);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li className="min-w-0">
      <button
        ref={element}
        type="button"
        data-entry={record.id}
        title={editable ? `${name} · ${t("hint")}` : name}
        onClick={() => onPeek(record.id)}
        onDoubleClick={() => onOpen(record.id)}
        onKeyDown={onKeyDown}
        className={clsx("flex h-6 w-full min-w-0 items-center gap-1.5 rounded-md px-1.5 text-left text-xs max-sm:h-10 max-sm:text-sm", peek === record.id ? "bg-accent-soft text-accent-text" : "bg-hover hover:bg-pressed")}
      >
        <RecordAvatar object={object} name={name} size="xs" />
        <span className="min-w-0 flex-1 truncate font-medium" dir="auto">{name}</span>
        {field.type === "datetime" && typeof value === "string" ? <span className="shrink-0 text-faint">{formatTime(value)}</span> : null}
      </button>
    </li>
  );
}
