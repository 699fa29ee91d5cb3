import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { keys, listRecords, useUsers } from "@/api";
import { type Catalog, type Field, type ObjectType, useCatalog } from "@/catalog";
import { formatNumber } from "@/format";
import { displayText } from "@/values";
import { resolvePath } from "@/views";
import { type Condition, isBare, isCondition, isGroup, isNot, type Tree } from "./model";
import { t } from "./texts";

/** The field of a condition and what people call it. */
export function conditionField(catalog: Catalog, object: ObjectType, path: string): { field: Field; label: string } | null {
  const found = resolvePath(catalog, object, path);
  if (found === null) return null;
  return { field: found.field, label: found.via === null ? found.field.label : `${found.via.label} · ${found.field.label}` };
}

/** The names of the records and users that a filter speaks of by their ids. */
export type Names = (id: string) => string | undefined;

export function useNames(object: ObjectType, tree: Tree): Names {
  const catalog = useCatalog();
  const users = useUsers();
  const wanted = useMemo(() => collect(catalog, object, tree), [catalog, object, tree]);
  const answers = useQueries({
    queries: [...wanted].map(([plural, ids]) => {
      const request = { filter: `id in [${ids.map((id) => JSON.stringify(id)).join(", ")}]`, fields: "name", limit: 200, count: "none" as const };
      return { queryKey: keys.list(plural, request), staleTime: 60_000, queryFn: () => listRecords(plural, request) };
    }),
  });
  const names = new Map(users.map((user) => [user.id, user.name]));
  for (const { data } of answers) for (const record of data?.data ?? []) names.set(record.id, String(record.name ?? ""));
  return (id) => (id === "me" ? t("me") : names.get(id));
}

function collect(catalog: Catalog, object: ObjectType, tree: Tree, found = new Map<string, string[]>()): Map<string, string[]> {
  if (isGroup(tree)) for (const item of tree.items) collect(catalog, object, item, found);
  else if (isNot(tree)) collect(catalog, object, tree.item, found);
  else if (isCondition(tree)) {
    const field = conditionField(catalog, object, tree.field)?.field;
    const target = field?.type === "relation" ? catalog.target(field) : undefined;
    if (target !== undefined) {
      const ids = (Array.isArray(tree.value) ? tree.value : [tree.value]).filter((id) => typeof id === "string" && id !== "");
      if (ids.length > 0) found.set(target.plural, [...(found.get(target.plural) ?? []), ...ids]);
    }
  }
  return found;
}

/** A part of a filter in words. */
export function describe(catalog: Catalog, object: ObjectType, tree: Tree, names: Names): string {
  if (isGroup(tree)) return tree.items.length === 0 ? t("empty_group") : tree.items.map((item) => (isGroup(item) ? `(${describe(catalog, object, item, names)})` : describe(catalog, object, item, names))).join(` ${t(tree.op)} `);
  if (isNot(tree)) return `${t("not")} (${describe(catalog, object, tree.item, names)})`;
  if (!isCondition(tree)) return tree.expression;
  const known = conditionField(catalog, object, tree.field);
  if (known === null) return tree.field;
  const value = isBare(tree.operator) ? "" : valueText(known.field, tree, names);
  return `${known.label} ${t(`op_${tree.operator}`)} ${value}`.trim();
}

export function valueText(field: Field, { value, operator }: Condition, names: Names): string {
  if (Array.isArray(value)) return value.map((item) => oneText(field, item, names) || t("unfinished")).join(operator === "between" ? ` ${t("and")} ` : ", ") || t("unfinished");
  return oneText(field, value, names) || t("unfinished");
}

function oneText(field: Field, value: unknown, names: Names): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "object") {
    if ("days_from_today" in value) {
      const days = Number(value.days_from_today);
      if (days === 0) return t("today");
      return days < 0 ? t("days_ago_text", { n: -days }) : t("days_ahead_text", { n: days });
    }
    if ("unit" in value && "offset" in value) return periodText(String(value.unit), Number(value.offset));
  }
  if (field.type === "user" || field.type === "relation") return names(String(value)) ?? "…";
  if (field.type === "currency" && typeof value === "number") return formatNumber(value);
  if (/emails|phones|links|multi_select/.test(field.type) && typeof value === "string") return displayText(field, [value]);
  return displayText(field, value);
}

export const UNITS = ["week", "month", "quarter", "year"] as const;

export function periodText(unit: string, offset: number): string {
  const known = UNITS.find((one) => one === unit);
  if (known !== undefined && (offset === -1 || offset === 0 || offset === 1)) return t(`${known}_${offset}`);
  return t("period_other", { unit, offset });
}
