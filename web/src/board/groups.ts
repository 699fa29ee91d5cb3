import type { Group as Total } from "@/api";
import type { Field, Pipeline } from "@/catalog";
import { both } from "@/list/both";
import { formatMoney, formatNumber } from "@/format";
import { type TagColor, tagColor } from "@/ui";
import { isLinked } from "@/values";

/** A column of a board: what its cards have in common. */
export interface BoardGroup {
  /** An option's value or a stage's id; null for records without a value. */
  value: string | null;
  label: string;
  color: TagColor;
  /** Of stages. */
  kind?: "open" | "won" | "lost";
  rottingDays?: number | null;
}

/** The columns of a board by a select or a stage. */
export function groupsOf(field: Field, pipeline: Pipeline | undefined, none: string): BoardGroup[] {
  if (field.type === "relation") {
    return (pipeline?.stages ?? []).map((stage) => ({
      value: stage.id,
      label: stage.name,
      color: stage.kind === "won" ? "green" : stage.kind === "lost" ? "red" : tagColor(null, stage.position),
      kind: stage.kind,
      rottingDays: stage.rottingDays,
    }));
  }
  const options = (field.options ?? []).map((option, place) => ({ option, place })).filter(({ option }) => !option.retired);
  const groups = options.map(({ option, place }): BoardGroup => ({ value: option.value, label: option.label, color: tagColor(option.color, place) }));
  return field.required ? groups : [...groups, { value: null, label: none, color: "gray" }];
}

/** The filter for the cards of a column. */
export function groupFilter(field: Field, group: BoardGroup, filter: string | null): string | null {
  return both(filter, `${field.name} == ${group.value === null ? "null" : JSON.stringify(group.value)}`);
}

/** The value that a record has of the field by which a board groups. */
export function groupValue(field: Field, record: Readonly<Record<string, unknown>>): string | null {
  const value = record[field.name];
  if (isLinked(value)) return value.id;
  return typeof value === "string" && value !== "" ? value : null;
}

export interface GroupTotal {
  count: number;
  /** Sums per currency. */
  sums: { amount: string; currency: string }[];
  weighted: { amount: string; currency: string }[];
}

export const NO_TOTAL: GroupTotal = { count: 0, sums: [], weighted: [] };

/** The totals of each column, from groups by column and currency. */
export function totalsOf(groups: readonly Total[], field: Field, money: Field | undefined): Map<string | null, GroupTotal> {
  const totals = new Map<string | null, GroupTotal>();
  for (const group of groups) {
    const value = groupValue(field, group.key);
    const total = totals.get(value) ?? { count: 0, sums: [], weighted: [] };
    total.count += group.count ?? 0;
    const currency = money === undefined ? undefined : group.key[`${money.name}.currency`];
    if (money !== undefined && typeof currency === "string") {
      const sum = group.sum?.[money.name];
      const weighted = group.weighted_sum?.[money.name];
      if (sum !== undefined && sum !== null) total.sums.push({ amount: amountOf(sum), currency });
      if (weighted !== undefined && weighted !== null) total.weighted.push({ amount: amountOf(weighted), currency });
    }
    totals.set(value, total);
  }
  return totals;
}

function amountOf(metric: NonNullable<NonNullable<Total["sum"]>[string]>): string {
  return typeof metric === "object" ? metric.amount : String(metric);
}

export function sumText(sums: GroupTotal["sums"], compact: boolean): string {
  return sums.map((sum) => formatMoney(sum, compact ? { compact } : { trim: true })).join(" + ");
}

export function countText(total: GroupTotal): string {
  return formatNumber(total.count);
}
