import { hasWritten, isWriting, keys, listRecords, queryClient, type ListRequest, sessionQuery, type User } from "@/api";
import { refreshCatalog } from "@/catalog";
import { considerArrivals } from "./arrivals";
import type { RecordEvent } from "./events";
import { flash } from "./flash";
import { keepLatest, rereadSince, watchAnswers } from "./freshness";
import { type Merged, mergeEvent, verbOf } from "./merged";
import { patchData, renameLinks } from "./patch";
import { refreshLater } from "./refresh";

/** Events are applied together: the first ones soon, those of a flood a few times a second. */
const SOON = 40;
const BETWEEN = 300;
/** From how many records on at a time nothing is highlighted or announced one by one. */
export const FLOOD = 100;
/** The most records that are kept until they are applied; beyond it everything is read anew. */
const MOST_WAITING = 5_000;

/** What waits to be applied: by object, by record. */
let waiting = new Map<string, Map<string, Merged>>();
let count = 0;
let timer: ReturnType<typeof setTimeout> | null = null;
let lastRun = 0;
let watching = false;

/** Begins to hold answers against events. */
export function startApplying(): () => void {
  const stop = watchAnswers(patchQuery);
  watching = true;
  return () => {
    watching = false;
    stop();
    drop();
  };
}

export function receiveRecord(event: RecordEvent): void {
  if (!watching) return;
  if (typeof event.object !== "string") {
    // Objects, fields and other things that pages are made of.
    if (/^(object|field|option|stage|pipeline)/.test(event.type)) void refreshCatalog();
    return;
  }
  const known = waiting.get(event.object) ?? new Map<string, Merged>();
  waiting.set(event.object, known);
  if (!known.has(event.record_id)) count += 1;
  known.set(event.record_id, mergeEvent(known.get(event.record_id), event, isOwn(event)));
  if (count > MOST_WAITING) return resetRecords();
  timer ??= setTimeout(apply, Math.max(SOON, lastRun + BETWEEN - performance.now()));
}

/** Reads anew whatever is shown: it isn't known what changed. */
export function resetRecords(): void {
  drop();
  rereadSince(performance.now());
}

function drop(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  waiting = new Map();
  count = 0;
}

/** Whether this tab made the change: then there is nothing to point out. */
function isOwn(event: RecordEvent): boolean {
  const session = queryClient.getQueryData(sessionQuery.queryKey);
  if (event.actor.user !== session?.user.id) return false;
  const { object, record_id: id } = event;
  switch (verbOf(event)) {
    // The answer, by which a change is known, says nothing of lists.
    case "created":
      return hasWritten(`/${object}`) || hasWritten(`/${object}/upsert`) || hasWritten("/batch");
    case "deleted":
      return hasWritten(`/${object}/${id}`) || hasWritten("/batch");
    case "restored":
      return hasWritten(`/${object}/${id}/restore`) || hasWritten("/batch");
    default:
      return isWriting(`/${object}/${id}`) || isWriting(`/${object}/upsert`) || isWriting("/batch");
  }
}

function apply(): void {
  const changes = waiting;
  const flood = count > FLOOD;
  drop();
  lastRun = performance.now();
  for (const [plural, merged] of changes) {
    keepLatest(plural, merged);
    const touched = new Set<string>();
    for (const query of queryClient.getQueryCache().findAll({ queryKey: keys.object(plural) })) {
      for (const id of patchQuery(query, merged)) touched.add(id);
    }
    rename(merged);
    for (const id of flood ? [] : touched) {
      const change = merged.get(id);
      if (change?.own === false) flash(id, change.fields);
    }
    refreshLater(plural, merged, flood);
    considerArrivals(plural, merged, flood);
  }
}

type CachedQuery = ReturnType<ReturnType<typeof queryClient.getQueryCache>["findAll"]>[number];

/** Brings what a query has up to the events, without making it look newer than it is. Says which records it changed. */
function patchQuery(query: CachedQuery, changes: ReadonlyMap<string, Merged>): string[] {
  const cached: unknown = query.state.data;
  const { data, nameless, patched } = patchData(cached, changes, userName);
  put(query, data);
  if (nameless.length > 0) void complete(query, nameless);
  return [...patched, ...nameless];
}

function put(query: CachedQuery, data: unknown): void {
  if (data === query.state.data) return;
  const { dataUpdatedAt, isInvalidated } = query.state;
  query.setData(data, { updatedAt: dataUpdatedAt, manual: true });
  if (isInvalidated) query.invalidate();
}

/** Reads records whose links have no names. */
async function complete(query: CachedQuery, ids: readonly string[]): Promise<void> {
  const [, plural, kind, request] = query.queryKey as [string, string, string, ListRequest | undefined];
  if ((kind !== "window" && kind !== "list") || request?.fields === undefined) {
    await queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
    return;
  }
  const filter = `id in [${ids.map((id) => JSON.stringify(id)).join(", ")}]`;
  try {
    const { data } = await listRecords(plural, { filter, fields: request.fields, limit: ids.length, count: "none" });
    const fresh = new Map(data.map((record) => [record.id, { version: record.version, data: record, at: "", own: true, fields: new Set<string>(), verbs: new Set<string>(), values: new Set() }]));
    put(query, patchData(query.state.data, fresh, userName).data);
  } catch {
    query.invalidate();
  }
}

function userName(id: string): string | undefined {
  const users = queryClient.getQueryData<{ data: User[] }>(keys.users);
  return users?.data.find((user) => user.id === id)?.name;
}

/** Renamed records carry their new names wherever they are linked. */
function rename(merged: ReadonlyMap<string, Merged>): void {
  const names = new Map<string, string>();
  for (const [id, { data, verbs }] of merged) {
    if (typeof data?.name === "string" && verbs.has("updated")) names.set(id, data.name);
  }
  if (names.size === 0) return;
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ["records"] })) put(query, renameLinks(query.state.data, names));
}
