import { ArrowRight, Plus } from "lucide-react";
import { useState } from "react";
import type { Field } from "@/catalog";
import { Button, Input, Select } from "@/ui";
import { t } from "../texts";
import type { Column, ColumnPlan } from "../types";

export interface ValueMapProps {
  row: ColumnPlan;
  column: Column;
  field: Field | null;
  onChange: (values: Record<string, string>) => void;
}

/** Stands for "no replacement" in a list of options, which has no empty value. */
const AS_IS = "\u0000as-is";
const NOTHING = "\u0000nothing";

/** Texts of the file that stand for others: for options of a select, or names that are written otherwise. */
export function ValueMap({ row, column, field, onChange }: ValueMapProps) {
  const values = row.values ?? {};
  const [extra, setExtra] = useState<string[]>([]);
  const [added, setAdded] = useState("");
  // Where there are no more values than samples, the samples are the values.
  const all = column.values.length === 0 && column.distinct <= column.samples.length ? column.samples : column.values;
  const known = [...new Set([...all, ...Object.keys(values), ...extra])];
  const isChoice = field?.type === "select" || field?.type === "multi_select";
  const options = isChoice ? (field?.options ?? []).filter((option) => option.retired !== true) : [];
  const set = (text: string, meaning: string | null) => {
    const rest = Object.fromEntries(Object.entries(values).filter(([key]) => key !== text));
    onChange(meaning === null ? rest : { ...rest, [text]: meaning });
  };
  const add = () => {
    const text = added.trim();
    if (text !== "") setExtra([...extra, text]);
    setAdded("");
  };
  return (
    <fieldset className="mt-4 max-w-2xl min-w-0">
      <legend className="text-xs font-medium text-muted">{t("values")}</legend>
      <p className="text-xs text-faint">{t("values_hint")}</p>
      <ul className="mt-2 flex max-h-80 flex-col gap-1 overflow-y-auto">
        {known.map((text) => (
          <li key={text} className="grid grid-cols-[minmax(0,1fr)_14px_minmax(0,1fr)] items-center gap-2">
            <span className="truncate" dir="auto" title={text}>{text}</span>
            <ArrowRight size={13} className="text-faint" aria-hidden="true" />
            {options.length > 0 ? (
              <Select
                label={`${t("means")}: ${text}`}
                value={values[text] === undefined ? (match(options, text) ?? AS_IS) : values[text] === "" ? NOTHING : values[text]}
                onChange={(next) => set(text, next === AS_IS ? null : next === NOTHING ? "" : next)}
                choices={[{ value: AS_IS, label: t("as_is") }, ...options.map((option) => ({ value: option.value, label: option.label })), { value: NOTHING, label: t("nothing") }]}
              />
            ) : (
              <Input aria-label={`${t("means")}: ${text}`} placeholder={t("as_is")} value={values[text] ?? ""} onChange={(event) => set(text, event.target.value === "" ? null : event.target.value)} />
            )}
          </li>
        ))}
      </ul>
      <div className="mt-2 flex max-w-80 gap-2">
        <Input
          aria-label={t("value_in_file")}
          placeholder={t("value_in_file")}
          value={added}
          onChange={(event) => setAdded(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={<Plus size={13} />} className="h-8" disabled={added.trim() === ""} onClick={add}>{t("add_value")}</Button>
      </div>
    </fieldset>
  );
}

/** The option that the server takes a text for without being told. */
function match(options: readonly { value: string; label: string }[], text: string): string | undefined {
  const wanted = text.trim().toLowerCase();
  return options.find((option) => option.value === wanted || option.label.toLowerCase() === wanted)?.value;
}
