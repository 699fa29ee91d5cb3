import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { aggregate, ApiProblem, type Group, keys, type Metric } from "@/api";
import type { Field } from "@/catalog";
import { formatMoney, formatNumber, isMoney, type Money } from "@/format";
import { looseText } from "@/values";
import type { Column, FooterKind } from "@/views";

/** What can be calculated of a field. */
export function footerKinds(field: Field): FooterKind[] {
  if (field.type === "number" || field.type === "decimal" || field.type === "currency" || field.type === "rating") return ["sum", "avg", "min", "max"];
  if (field.type === "date" || field.type === "datetime") return ["min", "max"];
  return field.name === "name" ? ["count"] : [];
}

export interface Totals {
  count: number | undefined;
  /** What stands below a column; null while it loads. */
  of: (column: Column, kind: FooterKind, compact?: boolean) => string | null;
}

/** The calculations below a table's columns, by the server over everything that matches. */
export function useTotals(plural: string, columns: readonly Column[], footers: Readonly<Record<string, FooterKind>>, filter: string | null): Totals {
  const asked = columns.filter((column) => footers[column.path] !== undefined && column.via === null);
  const metrics = ["count", ...asked.flatMap((column) => (footers[column.path] === "count" ? [] : [`${footers[column.path]}(${column.field.name})`]))];
  const request = { metrics: [...new Set(metrics)].join(","), filter };
  const { data } = useQuery({
    queryKey: keys.aggregate(plural, request),
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      try {
        return (await aggregate(plural, request, signal)).groups;
      } catch (error) {
        // Several currencies can't be added up: each gets its own sum.
        const currency = asked.find((column) => column.field.type === "currency");
        if (!(error instanceof ApiProblem) || error.code !== "currency_mismatch" || currency === undefined) throw error;
        return (await aggregate(plural, { ...request, group_by: `${currency.field.name}.currency` }, signal)).groups;
      }
    },
  });
  return useMemo(() => ({
    count: data?.reduce((sum, group) => sum + (group.count ?? 0), 0),
    of: (column, kind, compact) => {
      if (data === undefined) return null;
      if (kind === "count") return formatNumber(data.reduce((sum, group) => sum + (group.count ?? 0), 0));
      const values = data.map((group) => metricText(group, kind, column.field, compact)).filter((text) => text !== "");
      return values.join(" + ");
    },
  }), [data]);
}

export function metricText(group: Group, kind: Exclude<FooterKind, "count"> | "weighted_sum", field: Field, compact = false): string {
  const value = group[kind]?.[field.name];
  if (value === undefined || value === null) return "";
  if (field.type === "currency") {
    const money = moneyOf(group, value, field.name);
    return money === null ? looseText(value) : formatMoney(money, compact ? { compact } : { trim: true });
  }
  if (kind === "avg") return formatNumber(String(value), 1);
  return looseText(value);
}

/** A metric of an amount, with the currency of its group. */
export function moneyOf(group: Group, value: Metric | undefined, field: string): Money | null {
  if (value === null || value === undefined) return null;
  if (isMoney(value)) return value;
  const currency = typeof group.currency === "object" ? group.currency?.[field] : group.currency;
  return currency ? { amount: String(value), currency } : null;
}
