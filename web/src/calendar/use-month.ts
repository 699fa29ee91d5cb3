import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { aggregate, keys, type KithRecord, listRecords } from "@/api";
import type { Field, ObjectType } from "@/catalog";
import { addDays } from "@/format";
import { both } from "@/list/both";
import { byDay, rangeFilter } from "./month";

/** How many records of a day are loaded where a week has too many. */
const OF_A_DAY = 20;

export interface MonthRecords {
  days: Map<string, KithRecord[]>;
  /** How many records there are on a day, also those that weren't loaded. */
  count: (day: string) => number;
  loading: boolean;
  stale: boolean;
}

/** The records on the days of a month's weeks, and how many there are on each day. */
export function useMonth(object: ObjectType, field: Field, filter: string | null, fields: string, days: readonly string[]): MonthRecords {
  const { plural } = object;
  // Week by week, so that a busy one leaves room for the others.
  const weeks = days.filter((_, place) => place % 7 === 0).map((first) => both(filter, rangeFilter(field, first, addDays(first, 7))));
  const records = useQueries({
    queries: weeks.map((week) => {
      const request = { filter: week, fields, sort: field.name, limit: 200, count: "none" as const };
      return { queryKey: keys.list(plural, request), placeholderData: keepPreviousData, queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(plural, request, signal) };
    }),
  });
  const counts = useQueries({
    queries: weeks.map((week, place) => {
      const request = { group_by: `${field.name}:day`, metrics: "count", filter: week, limit: 20 };
      // Only where not all records came are there days with more than is known.
      return { queryKey: keys.aggregate(plural, request), enabled: records[place]?.data?.page.has_more === true, queryFn: ({ signal }: { signal: AbortSignal }) => aggregate(plural, request, signal) };
    }),
  });
  // A week that is too busy for one answer leaves its last days empty: those are asked for by themselves.
  const missing = weeks.flatMap((_, place) => {
    const page = records[place]?.data;
    if (page?.page.has_more !== true) return [];
    const own = days.slice(place * 7, place * 7 + 7);
    const reached = [...byDay(field, page.data).keys()].toSorted().at(-1) ?? "";
    return own.filter((day) => day > reached);
  });
  const more = useQueries({
    queries: missing.map((day) => {
      const request = { filter: both(filter, rangeFilter(field, day, addDays(day, 1))), fields, sort: field.name, limit: OF_A_DAY, count: "none" as const };
      return { queryKey: keys.list(plural, request), queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(plural, request, signal) };
    }),
  });
  const known = byDay(field, [...records, ...more].flatMap(({ data }) => data?.data ?? []));
  const counted = new Map(counts.flatMap(({ data }) => (data?.groups ?? []).map((group) => [String(group.key[`${field.name}:day`] ?? "").slice(0, 10), group.count ?? 0] as const)));
  return {
    days: known,
    count: (day) => Math.max(known.get(day)?.length ?? 0, counted.get(day) ?? 0),
    loading: records.some((query) => query.isPending),
    stale: records.some((query) => query.isPlaceholderData),
  };
}
