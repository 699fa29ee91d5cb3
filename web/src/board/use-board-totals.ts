import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { aggregate, keys } from "@/api";
import type { Field, ObjectType } from "@/catalog";
import { type GroupTotal, totalsOf } from "./groups";

/** Count, sum and weighted sum of each column, by the server. */
export function useBoardTotals(object: ObjectType, field: Field, money: Field | undefined, filter: string | null): Map<string | null, GroupTotal> | undefined {
  const weighted = object.key === "deal" && field.object === "stage";
  const request = {
    group_by: money === undefined ? field.name : `${field.name},${money.name}.currency`,
    metrics: money === undefined ? "count" : `count,sum(${money.name})${weighted ? `,weighted_sum(${money.name})` : ""}`,
    filter,
    limit: 1000,
  };
  const { data } = useQuery({
    queryKey: keys.aggregate(object.plural, request),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => aggregate(object.plural, request, signal),
  });
  return useMemo(() => (data === undefined ? undefined : totalsOf(data.groups, field, money)), [data, field, money]);
}
