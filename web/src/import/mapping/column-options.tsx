import { Plus } from "lucide-react";
import { useCatalog } from "@/catalog";
import { CurrencyPicker, RegionPicker } from "@/regional";
import { Button, Field, Input, Select } from "@/ui";
import { linkedObject, type Target } from "../targets";
import { t } from "../texts";
import type { Column, ColumnPlan } from "../types";
import { ValueMap } from "./value-map";

export interface ColumnOptionsProps {
  row: ColumnPlan;
  column: Column;
  target: Target;
  error: string | undefined;
  onChange: (part: Partial<ColumnPlan>) => void;
  /** Has the column fill another field besides. */
  onAnother: () => void;
}

const LISTS = new Set(["multi_select", "emails", "phones", "links", "relations"]);
const NUMBERS = new Set(["number", "decimal", "currency", "rating"]);

/** How the cells of one column are read. */
export function ColumnOptions({ row, column, target, onChange, onAnother }: ColumnOptionsProps) {
  const catalog = useCatalog();
  const type = target.field?.type;
  const linked = linkedObject(catalog, target);
  const isUser = type === "user";
  const whole = target.path === target.field?.name || linked !== undefined;
  const unique = linked?.fields.filter((field) => field.unique && !field.retired && field.name !== "name") ?? [];
  const missing = [
    { value: "reject" as const, label: t("missing_reject") },
    { value: "create" as const, label: isUser ? t("missing_create_user") : t("missing_create") },
    { value: "clear" as const, label: t("missing_clear") },
  ];
  return (
    <div className="mt-3 mb-2 rounded-lg bg-sunken p-4">
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {linked === undefined ? null : (
          <Field label={t("match")}>
            {({ id }) => (
              <Select
                id={id}
                value={row.match ?? "auto"}
                onChange={(match) => onChange({ match: match === "auto" ? undefined : match })}
                choices={[
                  { value: "auto", label: t("match_auto") },
                  { value: "name", label: t("match_name") },
                  ...unique.map((field) => ({ value: field.name, label: field.label })),
                  { value: "id", label: t("match_id") },
                ]}
              />
            )}
          </Field>
        )}
        {linked !== undefined || isUser ? (
          <Field label={isUser ? t("on_missing_user") : t("on_missing")}>
            {({ id }) => <Select id={id} value={row.on_missing ?? "reject"} onChange={(on_missing) => onChange({ on_missing })} choices={missing} />}
          </Field>
        ) : null}
        {linked !== undefined || isUser ? (
          <Field label={t("on_ambiguous")}>
            {({ id }) => (
              <Select
                id={id}
                value={row.on_ambiguous ?? "reject"}
                onChange={(on_ambiguous) => onChange({ on_ambiguous })}
                choices={[
                  { value: "reject", label: t("missing_reject") },
                  { value: "first", label: t("ambiguous_first") },
                ]}
              />
            )}
          </Field>
        ) : null}
        {type === "date" || type === "datetime" ? (
          <Field label={t("dates")} hint={column.ambiguous ? t("confirm_style") : undefined}>
            {({ id }) => (
              <Select
                id={id}
                value={row.dates ?? column.dates ?? "ymd"}
                onChange={(dates) => onChange({ dates })}
                choices={[
                  { value: "ymd", label: t("dates_ymd") },
                  { value: "dmy", label: t("dates_dmy") },
                  { value: "mdy", label: t("dates_mdy") },
                ]}
              />
            )}
          </Field>
        ) : null}
        {NUMBERS.has(type ?? "") && whole ? (
          <Field label={t("numbers")} hint={column.ambiguous ? t("confirm_style") : undefined}>
            {({ id }) => (
              <Select
                id={id}
                value={row.numbers ?? column.numbers ?? "point"}
                onChange={(numbers) => onChange({ numbers })}
                choices={[
                  { value: "point", label: t("numbers_point") },
                  { value: "comma", label: t("numbers_comma") },
                ]}
              />
            )}
          </Field>
        ) : null}
        {type === "currency" && whole ? (
          <Field label={t("column_currency")}>{({ id }) => <CurrencyPicker id={id} value={row.currency ?? null} onChange={(currency) => onChange({ currency })} />}</Field>
        ) : null}
        {type === "phones" ? (
          <Field label={t("column_region")}>{({ id }) => <RegionPicker id={id} value={row.region ?? null} onChange={(region) => onChange({ region })} />}</Field>
        ) : null}
        {LISTS.has(type ?? "") ? (
          <Field label={t("separator")} hint={t("separator_hint")}>
            {(control) => <Input {...control} value={row.separator ?? ""} onChange={(event) => onChange({ separator: event.target.value === "" ? null : event.target.value })} />}
          </Field>
        ) : null}
        {target.field === null ? null : (
          <Field label={t("on_invalid")}>
            {({ id }) => (
              <Select
                id={id}
                value={row.on_invalid ?? "reject"}
                onChange={(on_invalid) => onChange({ on_invalid })}
                choices={[
                  { value: "reject", label: t("missing_reject") },
                  { value: "clear", label: t("invalid_clear") },
                ]}
              />
            )}
          </Field>
        )}
      </div>
      {target.path === "id" ? null : <ValueMap row={row} column={column} field={target.field} onChange={(values) => onChange({ values })} />}
      <Button variant="ghost" size="sm" icon={<Plus size={13} />} className="mt-3 -ml-2" onClick={onAnother}>{t("also_field")}</Button>
    </div>
  );
}
