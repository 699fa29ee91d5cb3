import { clsx } from "clsx";
import { ArrowRight, CornerDownRight, SlidersHorizontal, X } from "lucide-react";
import { useState } from "react";
import { FieldIcon } from "@/catalog";
import { formatPercent } from "@/format";
import { Combobox, IconButton } from "@/ui";
import type { Target } from "../targets";
import { t } from "../texts";
import type { Column, ColumnPlan } from "../types";
import { ColumnOptions } from "./column-options";
import type { Planning } from "./use-plan";

export interface ColumnRowProps {
  place: number;
  row: ColumnPlan;
  column: Column;
  /** Whether the row before it is of the same column. */
  again: boolean;
  targets: readonly Target[];
  planning: Planning;
  rowsSampled: number;
}

/** A column of the file and what it becomes. */
export function ColumnRow({ place, row, column, again, targets, planning, rowsSampled }: ColumnRowProps) {
  const [open, setOpen] = useState(false);
  const items = targets.map((target) => ({
    value: target.path,
    label: target.label,
    ...(target.field === null ? {} : { icon: <FieldIcon type={target.field.type} className="shrink-0 text-faint" /> }),
  }));
  const target = targets.find((one) => one.path === row.field) ?? null;
  const chosen = typeof row.field === "string" ? (items.find((item) => item.value === row.field) ?? { value: row.field, label: row.field }) : null;
  const error = planning.errorAt(place);
  const confirm = column.ambiguous && target !== null && ["date", "datetime", "number", "decimal", "currency"].includes(target.field?.type ?? "");
  return (
    <div className="border-b border-line py-2">
      <div className="grid grid-cols-[minmax(0,5fr)_24px_minmax(0,4fr)_28px] items-start gap-x-3 max-md:grid-cols-[minmax(0,1fr)_28px] max-md:gap-y-1.5">
        <div className={clsx("min-w-0 self-center max-md:col-span-2", again && "pl-4 max-md:pl-0")}>
          {again ? (
            <span className="flex items-center gap-1.5 text-muted">
              <CornerDownRight size={13} aria-hidden="true" />
              {t("also")}
            </span>
          ) : (
            <>
              <span className={clsx("block truncate font-medium", target === null && "text-muted")} dir="auto" title={column.name}>{column.name}</span>
              <span className="block truncate text-xs text-faint" dir="auto" title={column.samples.join(" · ")}>
                {column.filled === 0 ? t("no_values") : column.samples.slice(0, 4).join(" · ")}
                {column.filled > 0 && column.filled < rowsSampled ? <span> ({t("filled", { share: formatPercent(column.filled / rowsSampled) })})</span> : null}
              </span>
            </>
          )}
        </div>
        <ArrowRight size={14} className={clsx("mt-2 self-start max-md:hidden", target === null ? "text-line-strong" : "text-accent-text")} aria-hidden="true" />
        <div className="min-w-0">
          <Combobox
            value={chosen}
            items={items}
            clearable
            label={t("field") + `: ${column.name}`}
            placeholder={t("choose_field")}
            invalid={error === undefined ? undefined : true}
            onChange={(item) => planning.changeRow(place, { field: item?.value ?? null })}
          />
          {error === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{error}</p>}
          {confirm && !open ? (
            <button type="button" onClick={() => setOpen(true)} className="mt-1 rounded-sm text-left text-xs text-warning-text underline-offset-2 hover:underline">{t("confirm_style")}</button>
          ) : null}
          {open || target === null ? null : <Summary row={row} />}
        </div>
        {again ? (
          <IconButton label={t("remove_row")} icon={<X size={14} />} className="mt-0.5" onClick={() => planning.removeRow(place)} />
        ) : (
          <IconButton
            label={t("options_of", { column: column.name })}
            icon={<SlidersHorizontal size={14} />}
            aria-expanded={open}
            aria-pressed={open}
            disabled={target === null}
            className="mt-0.5"
            onClick={() => setOpen(!open)}
          />
        )}
      </div>
      {open && target !== null ? (
        <ColumnOptions row={row} column={column} target={target} error={error} onChange={(part) => planning.changeRow(place, part)} onAnother={() => planning.addRow(place)} />
      ) : null}
    </div>
  );
}

/** The options that aren't as usual, in a line. */
function Summary({ row }: { row: ColumnPlan }) {
  const mapped = Object.keys(row.values ?? {}).length;
  const parts = [
    row.match === undefined ? null : `${t("match")}: ${row.match}`,
    row.on_missing === "create" ? `${t("on_missing")}: ${t("missing_create")}` : row.on_missing === "clear" ? `${t("on_missing")}: ${t("missing_clear")}` : null,
    row.on_invalid === "clear" ? `${t("on_invalid")}: ${t("invalid_clear")}` : null,
    row.dates === undefined || row.dates === null || row.dates === "ymd" ? null : t(`dates_${row.dates}`),
    row.numbers === "comma" ? t("numbers_comma") : null,
    mapped > 0 ? `${t("values")}: ${mapped}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : <p className="mt-1 truncate text-xs text-faint" title={parts.join(" · ")}>{parts.join(" · ")}</p>;
}
