import { useCallback, useEffect, useSyncExternalStore } from "react";
import { keys, type ListRequest, listRecords, queryClient } from "@/api";
import { onAnswer } from "./freshness";
import type { Merged } from "./merged";
import { recordIds } from "./patch";

/** What a list doesn't show yet, lest it move what one reads. */
export interface Arrivals {
  /** Records that are new in the list. */
  fresh: number;
  /** Records that stand elsewhere in it by now, or not in it any more. */
  moved: number;
  /** More than are counted one by one. */
  many: boolean;
}

interface List {
  plural: string;
  request: ListRequest;
  fresh: Map<string, number>;
  moved: Map<string, number>;
  many: number | null;
  shown: Arrivals;
  users: number;
}

const NOTHING: Arrivals = { fresh: 0, moved: 0, many: false };
/** Beyond this they are called many. */
const COUNTED = 200;
const lists = new Map<string, List>();
const listeners = new Set<() => void>();

onAnswer(({ queryKey }, asked) => {
  const [, plural, kind, request] = queryKey;
  if (kind !== "window") return;
  const list = lists.get(JSON.stringify([plural, request]));
  if (list === undefined) return;
  // What was known before the list was read anew is in it now.
  for (const known of [list.fresh, list.moved]) {
    for (const [id, at] of known) if (at < asked) known.delete(id);
  }
  if (list.many !== null && list.many < asked) list.many = null;
  tell(list);
});

function tell(list: List): void {
  list.shown = list.fresh.size + list.moved.size === 0 && list.many === null ? NOTHING : { fresh: list.fresh.size, moved: list.moved.size, many: list.many !== null };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What a list doesn't show yet, and a way to have it shown. */
export function useArrivals(plural: string, request: ListRequest): Arrivals & { show: () => void } {
  const identity = JSON.stringify([plural, request]);
  useEffect(() => {
    const [own, asked] = JSON.parse(identity) as [string, ListRequest];
    const list = lists.get(identity) ?? { plural: own, request: asked, fresh: new Map(), moved: new Map(), many: null, shown: NOTHING, users: 0 };
    list.users += 1;
    lists.set(identity, list);
    return () => {
      list.users -= 1;
      if (list.users === 0) lists.delete(identity);
    };
  }, [identity]);
  const arrivals = useSyncExternalStore(subscribe, () => lists.get(identity)?.shown ?? NOTHING);
  const show = useCallback(() => {
    const [own, asked] = JSON.parse(identity) as [string, ListRequest];
    void queryClient.invalidateQueries({ queryKey: keys.window(own, asked) });
  }, [identity]);
  return { ...arrivals, show };
}

/** Looks which lists have more or other records by what happened. */
export function considerArrivals(plural: string, merged: ReadonlyMap<string, Merged>, flood: boolean): void {
  for (const list of lists.values()) if (list.plural === plural) void consider(list, merged, flood);
}

async function consider(list: List, merged: ReadonlyMap<string, Merged>, flood: boolean): Promise<void> {
  const { plural, request } = list;
  const windows = queryClient.getQueryCache().findAll({ queryKey: keys.window(plural, request) });
  const known = new Set(windows.flatMap(({ state }) => recordIds(state.data)));
  const now = performance.now();
  if (flood) {
    list.many = now;
    return tell(list);
  }
  const asked: string[] = [];
  for (const [id, change] of merged) {
    if (change.own) continue;
    if (change.verbs.has("deleted") && change.data?.deleted_at !== null) {
      list.fresh.delete(id);
      if (known.has(id)) list.moved.set(id, now);
    } else if (known.has(id) ? concerns(request, change) : change.verbs.has("created") || change.verbs.has("restored") || concerns(request, change)) asked.push(id);
  }
  if (asked.length > 0) {
    const matching = await matchingOf(plural, request, asked);
    for (const id of asked) {
      const fits = matching.has(id);
      if (known.has(id)) {
        if (!fits || sorts(request, merged.get(id))) list.moved.set(id, now);
      } else if (fits) list.fresh.set(id, now);
      else list.fresh.delete(id);
    }
  }
  if (list.fresh.size + list.moved.size > COUNTED) {
    list.many = now;
    list.fresh.clear();
    list.moved.clear();
  }
  // Nobody reads an empty list.
  if (known.size === 0 && list.fresh.size > 0) void queryClient.invalidateQueries({ queryKey: keys.window(plural, request) });
  tell(list);
}

/** Whether a change may take a record into a list, out of it, or elsewhere in it. */
function concerns(request: ListRequest, change: Merged): boolean {
  return sorts(request, change) || [...change.fields].some((field) => mentions(request.filter ?? "", field));
}

function sorts(request: ListRequest, change: Merged | undefined): boolean {
  return change !== undefined && [...change.fields].some((field) => mentions(request.sort ?? "", field));
}

function mentions(text: string, field: string): boolean {
  return new RegExp(`(^|[^\\p{L}\\p{N}_])${field}($|[^\\p{L}\\p{N}_])`, "u").test(text);
}

/** Which of some records a list has, by the server. */
async function matchingOf(plural: string, { filter }: ListRequest, ids: readonly string[]): Promise<Set<string>> {
  if (filter === null || filter === undefined || filter === "") return new Set(ids);
  try {
    const { data } = await listRecords(plural, { filter: `(${filter}) && id in [${ids.map((id) => JSON.stringify(id)).join(", ")}]`, fields: "id", limit: ids.length, count: "none" });
    return new Set(data.map(({ id }) => id));
  } catch {
    return new Set();
  }
}
