import { useState } from "react";
import { useUsers } from "@/api";
import type { Field } from "@/catalog";
import { parseNumber } from "@/format";
import { Avatar, type ComboboxItem, Input, MultiCombobox, Segmented, Select } from "@/ui";
import { DayInput, Editor, inputOf } from "@/values";
import { type Names, periodText, UNITS } from "./describe";
import { type Operator, valueKind } from "./model";
import { t } from "./texts";

export interface ValueEditorProps {
  field: Field;
  operator: Operator;
  value: unknown;
  names: Names;
  onChange: (value: unknown) => void;
}

/** The control for a condition's value. */
export function ValueEditor({ field, operator, value, names, onChange }: ValueEditorProps) {
  switch (valueKind(operator)) {
    case "none":
      return null;
    case "period":
      return <PeriodEditor value={value} onChange={onChange} />;
    case "list":
      return <ListEditor field={field} value={Array.isArray(value) ? value : []} names={names} onChange={onChange} />;
    case "two": {
      const [from = null, to = null]: unknown[] = Array.isArray(value) ? value : [];
      return (
        <div className="flex flex-col gap-1.5">
          <OneEditor field={field} operator={operator} value={from} names={names} label={t("from")} onChange={(next) => onChange([next, to])} />
          <OneEditor field={field} operator={operator} value={to} names={names} label={t("to")} onChange={(next) => onChange([from, next])} />
        </div>
      );
    }
    default:
      return <OneEditor field={field} operator={operator} value={value} names={names} label={t("value")} onChange={onChange} />;
  }
}

function OneEditor({ field, operator, value, names, label, onChange }: ValueEditorProps & { label: string }) {
  if (field.type === "date" || field.type === "datetime") return <DayEditor value={value} label={label} onChange={onChange} />;
  if (field.type === "boolean") {
    return <Editor field={field} value={value} label={label} onDone={() => {}} onChange={onChange} />;
  }
  if (field.type === "number" || field.type === "decimal" || field.type === "currency" || field.type === "rating") return <NumberEditor value={value} label={label} onChange={onChange} />;
  if (field.type === "user") return <UsersEditor single value={typeof value === "string" && value !== "" ? [value] : []} names={names} onChange={([next]) => onChange(next ?? null)} />;
  if (field.type === "relation") {
    const linked = typeof value === "string" && value !== "" ? { id: value, name: names(value) ?? "" } : null;
    return <Editor field={{ ...field, required: false }} value={linked} label={label} onChange={(next) => onChange(inputOf(field, next))} />;
  }
  if ((field.type === "select" || field.type === "multi_select") && (field.options ?? []).length > 0) {
    return <Editor field={{ ...field, type: "select", required: false }} value={value} label={label} onChange={onChange} />;
  }
  void operator;
  return <Input aria-label={label} autoFocus value={typeof value === "string" ? value : ""} onChange={(event) => onChange(event.target.value)} dir="auto" />;
}

function NumberEditor({ value, label, onChange }: { value: unknown; label: string; onChange: (value: unknown) => void }) {
  const [text, setText] = useState(value === null || value === undefined ? "" : String(value));
  return (
    <Input
      aria-label={label}
      autoFocus
      inputMode="decimal"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const number = parseNumber(event.target.value);
        // Beyond what a float holds exactly, the digits go as text.
        onChange(number === null ? null : number.replace(/\D/g, "").length <= 15 ? Number(number) : number);
      }}
    />
  );
}

function DayEditor({ value, label, onChange }: { value: unknown; label: string; onChange: (value: unknown) => void }) {
  const days = typeof value === "object" && value !== null && "days_from_today" in value ? Number(value.days_from_today) : null;
  const [ahead, setAhead] = useState((days ?? -1) > 0);
  return (
    <div className="flex flex-col gap-1.5">
      <Segmented
        label={t("date_kind")}
        value={days === null ? "date" : "relative"}
        choices={[
          { value: "date", label: t("on_date") },
          { value: "relative", label: t("relative") },
        ]}
        onChange={(kind) => onChange(kind === "date" ? null : { days_from_today: -30 })}
      />
      {days === null ? (
        <DayInput label={label} day={typeof value === "string" ? value : null} onChange={onChange} />
      ) : (
        <div className="flex gap-1.5">
          <Input
            aria-label={t("days")}
            type="number"
            min={0}
            value={Math.abs(days)}
            className="w-20!"
            onChange={(event) => onChange({ days_from_today: Number(event.target.value) * (ahead ? 1 : -1) })}
          />
          <Select
            label={t("relative")}
            value={ahead ? "ahead" : "ago"}
            choices={[
              { value: "ago", label: t("days_ago") },
              { value: "ahead", label: t("days_ahead") },
            ]}
            onChange={(next) => {
              setAhead(next === "ahead");
              onChange({ days_from_today: Math.abs(days) * (next === "ahead" ? 1 : -1) });
            }}
          />
        </div>
      )}
    </div>
  );
}

function PeriodEditor({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const period = typeof value === "object" && value !== null && "unit" in value && "offset" in value ? `${String(value.unit)} ${Number(value.offset)}` : null;
  const choices = UNITS.flatMap((unit) => [-1, 0, 1].map((offset) => ({ value: `${unit} ${offset}`, label: periodText(unit, offset) })));
  return (
    <Select
      label={t("period")}
      value={period}
      choices={choices}
      onChange={(next) => {
        const [unit, offset] = next.split(" ");
        onChange({ unit, offset: Number(offset) });
      }}
    />
  );
}

function ListEditor({ field, value, names, onChange }: { field: Field; value: unknown[]; names: Names; onChange: (value: unknown) => void }) {
  const ids = value.filter((item) => typeof item === "string");
  if (field.type === "user") return <UsersEditor value={ids} names={names} onChange={onChange} />;
  if (field.type === "relation") {
    return <Editor field={{ ...field, type: "relations" }} value={ids.map((id) => ({ id, name: names(id) ?? "" }))} label={t("value")} onChange={(next) => onChange(Array.isArray(next) ? next.map((item: { id: string }) => item.id) : [])} />;
  }
  return <Editor field={{ ...field, type: "multi_select", options: field.options ?? [] }} value={value} label={t("value")} onChange={onChange} />;
}

function UsersEditor({ value, names, single, onChange }: { value: string[]; names: Names; single?: boolean; onChange: (value: string[]) => void }) {
  const users = useUsers();
  const items: ComboboxItem[] = [{ value: "me", label: t("me") }, ...users.map((user) => ({ value: user.id, label: user.name, icon: <Avatar name={user.name} /> }))];
  return (
    <MultiCombobox
      label={t("value")}
      items={items}
      value={value.map((id) => ({ value: id, label: names(id) ?? id }))}
      onChange={(next) => onChange((single ? next.slice(-1) : next).map((item) => item.value))}
    />
  );
}
