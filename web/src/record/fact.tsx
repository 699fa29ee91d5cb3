import { clsx } from "clsx";
import { Clock, Pencil } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { KithRecord } from "@/api";
import { type Field, FieldIcon, isEditable, type ObjectType } from "@/catalog";
import { editField, RefusalPopover, useIsWaiting, useRefusal } from "@/edit";
import { Checkbox } from "@/ui";
import { type EditEnd, isEmpty, Value } from "@/values";
import { t } from "./texts";

// Most of who looks at a record changes nothing: the editors come when the page has settled.
export const CellEditor = lazy(() => import("@/values/cell-editor").then((module) => ({ default: module.CellEditor })));

/** Fields whose values are links of their own, beside which there has to be room for a click. */
const LINKING = new Set(["emails", "phones", "links", "address", "relation", "relations", "any_relation"]);

/** From how many letters on a text is folded. */
const LONG = 320;

export interface FactProps {
  object: ObjectType;
  record: KithRecord;
  field: Field;
  /** People who may only read get no editors. */
  canEdit: boolean;
}

/** A field's name and value; a click or Enter on the value opens its editor in place. */
export function Fact({ object, record, field, canEdit }: FactProps) {
  const editable = canEdit && isEditable(field);
  // What is written in sentences needs the whole width.
  const isText = field.type === "long_text" || field.type === "json";
  return (
    <div data-field={field.name} className={clsx("min-h-8 items-start rounded-md gap-x-1", isText && !isEmpty(record[field.name]) ? "flex flex-col items-stretch" : "grid grid-cols-[minmax(0,7.5rem)_minmax(0,1fr)]")}>
      <dt className="flex h-8 min-w-0 items-center gap-1.5 pl-1.5 text-muted" title={field.description || undefined}>
        <FieldIcon type={field.type} size={13} className="shrink-0 text-faint" />
        <span className="truncate">{field.label}</span>
      </dt>
      <dd className="min-w-0">
        {editable ? <EditableValue object={object} record={record} field={field} /> : <ReadOnlyValue field={field} value={record[field.name]} />}
      </dd>
    </div>
  );
}

function ReadOnlyValue({ field, value }: { field: Field; value: unknown }) {
  return (
    <div className="flex min-h-8 min-w-0 items-center px-2 py-1 leading-6">
      <Value field={field} value={value} empty={<span className="text-faint">—</span>} />
    </div>
  );
}

/** A value that is edited in place: on record pages, and wherever one field stands alone. */
export function EditableValue({ object, record, field, className, empty = t("set_value") }: Omit<FactProps, "canEdit"> & { className?: string | undefined; empty?: string | undefined }) {
  const [editing, setEditing] = useState(false);
  // What one saw when one began: somebody else's change meanwhile is a conflict, not overwritten.
  const [base, setBase] = useState(record);
  const [whole, setWhole] = useState(false);
  const [again, setAgain] = useState<{ value: unknown } | null>(null);
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  const refusal = useRefusal({ record: record.id, field: field.name });
  const waiting = useIsWaiting(record.id, field.name);
  const value = record[field.name];
  const isLinking = !isEmpty(value) && (LINKING.has(field.type) || /^(website|domain|url)$/.test(field.name));
  const isLongText = field.type === "long_text" && typeof value === "string" && (value.length > LONG || value.split("\n").length > 8);

  const leave = (end: EditEnd | "cancel") => {
    setEditing(false);
    setAgain(null);
    if (end === "blur") return;
    // The button comes back with the next paint.
    requestAnimationFrame(() => {
      const own = place?.querySelector<HTMLElement>("[data-fact]");
      const all = [...(place?.closest("dl")?.querySelectorAll<HTMLElement>("[data-fact]") ?? [])];
      const step = end === "tab" ? 1 : end === "shift-tab" ? -1 : 0;
      const at = own === null || own === undefined ? -1 : all.indexOf(own);
      (step === 0 || at < 0 ? own : (all[at + step] ?? own))?.focus();
    });
  };

  if (field.type === "boolean") {
    return (
      <div ref={setPlace} className="flex h-8 items-center px-2">
        <Checkbox checked={value === true} label={field.label} onChange={(next) => void editField(object, record, field, next)} />
        {refusal === undefined ? null : <RefusalPopover object={object} recordId={record.id} field={field} refusal={refusal} anchor={place} />}
      </div>
    );
  }
  return (
    <div ref={setPlace} className={clsx("relative min-w-0", className)}>
      {editing ? (
        <Suspense fallback={<div className="h-8" />}>
          <CellEditor
            field={field}
            value={again === null ? base[field.name] : again.value}
            onCommit={(next, end) => {
              leave(end);
              void editField(object, base, field, next);
            }}
            onCancel={() => leave("cancel")}
          />
        </Suspense>
      ) : (
        <div className={clsx("group/fact relative flex min-h-8 min-w-0 items-center rounded-md hover:bg-hover", refusal !== undefined && "bg-danger-soft")}>
          <button
            type="button"
            data-fact
            aria-label={t("edit_field", { field: field.label })}
            onClick={() => {
              setBase(record);
              setEditing(true);
            }}
            className="ring-inset-focus absolute inset-0 rounded-md"
          />
          {/* Links stay links; a click anywhere else is the button's. */}
          <div className={clsx("pointer-events-none relative flex w-full min-w-0 py-1 pl-2 leading-6 [&_a]:pointer-events-auto", isLinking ? "pr-7" : "pr-2")}>
            {isEmpty(value) ? (
              <span className="text-faint">{empty}</span>
            ) : (
              <div className={clsx("min-w-0", isLongText && !whole ? "line-clamp-8" : "flex max-w-full")}><Value field={field} value={value} /></div>
            )}
          </div>
          {waiting ? <WaitingMark /> : null}
          {isLinking && !waiting ? <Pencil size={12} aria-hidden="true" className="pointer-events-none absolute top-2.5 right-2 text-faint opacity-0 group-hover/fact:opacity-100 max-md:opacity-100" /> : null}
        </div>
      )}
      {isLongText && !editing ? (
        <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="ml-2 h-6 rounded-sm text-xs font-medium text-accent-text hover:underline">
          {whole ? t("less_text") : t("whole_text")}
        </button>
      ) : null}
      {refusal === undefined || editing ? null : (
        <RefusalPopover
          object={object}
          recordId={record.id}
          field={field}
          refusal={refusal}
          anchor={place}
          onEditAgain={(typed) => {
            setAgain({ value: typed });
            setBase(record);
            setEditing(true);
          }}
        />
      )}
    </div>
  );
}

/** Says that a change was not saved yet. */
function WaitingMark() {
  return (
    <span className="pointer-events-none ml-auto flex shrink-0 items-center pr-2 text-warning-text" title={t("waiting")}>
      <Clock size={12} aria-hidden="true" />
      <span className="sr-only">{t("waiting")}</span>
    </span>
  );
}
