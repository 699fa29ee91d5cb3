import { queryClient } from "@/api";
import type { Merged } from "./merged";

type Cache = ReturnType<typeof queryClient.getQueryCache>;
type CachedQuery = ReturnType<Cache["findAll"]>[number];

/** Records whose latest events are kept, to be held against answers that were asked for before them. */
const KEPT = 2_000;
let latest = new Map<string, Map<string, Merged>>();
let kept = 0;

/** When each query was last asked, and which have to be asked again once they are answered. */
const asked = new WeakMap<CachedQuery, number>();
let again = new Set<CachedQuery>();
const answerListeners = new Set<(query: CachedQuery, asked: number) => void>();

/** Tells of answers of the server: which query, and when it was asked. */
export function onAnswer(listener: (query: CachedQuery, asked: number) => void): () => void {
  answerListeners.add(listener);
  return () => answerListeners.delete(listener);
}

/** Remembers what became of records, for answers that are on their way. */
export function keepLatest(plural: string, merged: ReadonlyMap<string, Merged>): void {
  kept += merged.size;
  if (kept > KEPT) {
    latest = new Map();
    kept = merged.size;
  }
  const known = latest.get(plural) ?? new Map<string, Merged>();
  latest.set(plural, known);
  for (const [id, change] of merged) known.set(id, change);
}

/** An answer that was on its way when an event came is older than the event: it is brought up to it. */
export function watchAnswers(patch: (query: CachedQuery, changes: ReadonlyMap<string, Merged>) => unknown): () => void {
  const stop = queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.query.queryKey[0] !== "records") return;
    const { action, query } = event;
    if (action.type === "fetch") asked.set(query, performance.now());
    if (action.type !== "success" || action.manual === true) return;
    const when = asked.get(query) ?? 0;
    // Not within the cache's own telling of it.
    queueMicrotask(() => {
      const known = latest.get(String(query.queryKey[1]));
      if (known !== undefined) patch(query, known);
      for (const listener of answerListeners) listener(query, when);
      if (again.delete(query)) void queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
    });
  });
  return () => {
    stop();
    latest = new Map();
    kept = 0;
    again = new Set();
  };
}

/** Has everything that was asked for before a moment ask again; what isn't shown does so when it is. */
export function rereadSince(moment: number): void {
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ["records"] })) {
    if ((asked.get(query) ?? 0) > moment) continue;
    if (query.state.fetchStatus === "fetching") again.add(query);
    else void queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }
}
