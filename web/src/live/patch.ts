import type { KithRecord, Page } from "@/api";
import { mergeAnswer } from "@/edit";
import { isLinked, type Linked } from "@/values";
import type { Merged } from "./merged";

/** The name of a linked user or record, where it is known without asking. */
export type NameOf = (id: string) => string | undefined;

export interface Patched {
  data: unknown;
  /** Records whose new links have no names yet: they have to be read. */
  nameless: string[];
  /** Records that were changed. */
  patched: string[];
}

/** What a query has, with what became of records. The same object where nothing of it changed. */
export function patchData(cached: unknown, changes: ReadonlyMap<string, Merged>, nameOf: NameOf): Patched {
  const nameless: string[] = [];
  const patched: string[] = [];
  const one = (record: KithRecord): KithRecord => {
    const change = changes.get(record.id);
    if (change === undefined || change.version <= record.version) return record;
    const next = patchRecordWith(record, change, nameOf);
    (next === null ? nameless : patched).push(record.id);
    return next ?? record;
  };
  return { data: mapRecords(cached, one), nameless, patched };
}

/** The record after a change; null where that has links whose names aren't known. */
function patchRecordWith(record: KithRecord, change: Merged, nameOf: NameOf): KithRecord | null {
  if (change.data === null) return { ...record, version: change.version, deleted_at: change.at };
  const next = mergeAnswer(record, change.data);
  next.deleted_at = change.data.deleted_at ?? null;
  for (const field of Object.keys(record)) {
    const named = nameLinks(record[field], next[field], nameOf);
    if (named === undefined) return null;
    next[field] = named;
  }
  return next;
}

/** New links with what is shown of the old ones; undefined where that isn't known. */
function nameLinks(old: unknown, fresh: unknown, nameOf: NameOf): unknown {
  if (Array.isArray(fresh)) {
    const named = fresh.map((item) => nameLink(Array.isArray(old) ? old : [], item, nameOf));
    return named.includes(undefined) ? undefined : named;
  }
  return nameLink([old], fresh, nameOf);
}

function nameLink(old: readonly unknown[], fresh: unknown, nameOf: NameOf): unknown {
  if (!isLinked(fresh)) return fresh;
  const wanted = old.find(isLinked);
  const members = wanted === undefined ? ["name"] : Object.keys(wanted);
  if (members.every((member) => member in fresh)) return fresh;
  const name = nameOf(fresh.id);
  const named: Linked = name === undefined ? fresh : { ...fresh, name };
  return members.every((member) => member in named) ? named : undefined;
}

/** What a query has, where links to renamed records carry their new names. */
export function renameLinks(cached: unknown, names: ReadonlyMap<string, string>): unknown {
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return mapped(value, renamed);
    if (!isLinked(value) || typeof value.name !== "string") return value;
    const name = names.get(value.id);
    return name === undefined || name === value.name ? value : { ...value, name };
  };
  return mapRecords(cached, (record) => {
    const changed = Object.entries(record).filter(([, value]) => renamed(value) !== value);
    return changed.length === 0 ? record : { ...record, ...Object.fromEntries(changed.map(([field, value]) => [field, renamed(value)])) };
  });
}

/** The ids of all records that a query has. */
export function recordIds(cached: unknown): string[] {
  const ids: string[] = [];
  mapRecords(cached, (record) => {
    ids.push(record.id);
    return record;
  });
  return ids;
}

/** A record, a page of them, or several pages, with each record replaced. */
function mapRecords(cached: unknown, change: (record: KithRecord) => KithRecord): unknown {
  if (isRecord(cached)) return change(cached);
  if (isPage(cached)) {
    const data = mapped(cached.data, change);
    return data === cached.data ? cached : { ...cached, data };
  }
  if (typeof cached === "object" && cached !== null && "pages" in cached && Array.isArray(cached.pages)) {
    const pages = mapped(cached.pages, (page: unknown) => mapRecords(page, change));
    return pages === cached.pages ? cached : { ...cached, pages };
  }
  return cached;
}

/** As `map`, but the same array where every item stays the same. */
function mapped<Item>(items: Item[], change: (item: Item) => Item): Item[] {
  let changed = false;
  const next = items.map((item) => {
    const other = change(item);
    changed ||= other !== item;
    return other;
  });
  return changed ? next : items;
}

function isPage(cached: unknown): cached is Page {
  return typeof cached === "object" && cached !== null && "data" in cached && "page" in cached && Array.isArray(cached.data) && (cached.data.length === 0 || isRecord(cached.data[0]));
}

function isRecord(cached: unknown): cached is KithRecord {
  return typeof cached === "object" && cached !== null && "id" in cached && "version" in cached && !("occurred_at" in cached);
}
