import { call } from "./send";

/** A record of any object. Which members it has besides these, the catalog says. */
export interface KithRecord {
  id: string;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  [field: string]: unknown;
}

export interface Count {
  value: number;
  exact: boolean;
}

export interface Page<Item = KithRecord> {
  data: Item[];
  page: { next_cursor: string | null; has_more: boolean };
  count?: Count;
}

/** What a list is asked for. Object names in paths are the plural ones. */
export interface ListRequest {
  filter?: string | null | undefined;
  sort?: string | undefined;
  fields?: string | undefined;
  limit?: number | undefined;
  cursor?: string | null | undefined;
  count?: "exact" | "estimate" | "none" | undefined;
  deleted?: boolean | undefined;
}

/** Queries longer than this go in a body, since proxies cut long addresses. */
const LONG = 1_500;

export function listRecords(plural: string, request: ListRequest, signal?: AbortSignal): Promise<Page> {
  const { count, ...rest } = request;
  // The server's own bound on counting is what saying nothing means.
  const query = { ...rest, count: count === "estimate" ? undefined : count };
  if ((request.filter?.length ?? 0) > LONG) {
    const body = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== null));
    return call("POST", `/${plural}/query`, { body, signal });
  }
  return call("GET", `/${plural}`, { query, signal });
}

export function getRecord(plural: string, id: string, options: { fields?: string | undefined; asOf?: string | undefined } = {}, signal?: AbortSignal): Promise<KithRecord> {
  return call("GET", `/${plural}/${id}`, { query: { fields: options.fields, as_of: options.asOf }, signal });
}

export function createRecord(plural: string, data: Record<string, unknown>, idempotencyKey?: string): Promise<KithRecord> {
  return call("POST", `/${plural}`, { body: data, ...(idempotencyKey ? { headers: { "Idempotency-Key": idempotencyKey } } : {}) });
}

/** Changes the members of `data`. With a version, refuses if somebody else was faster (412). */
export function patchRecord(plural: string, id: string, data: Record<string, unknown>, version?: number): Promise<KithRecord> {
  return call("PATCH", `/${plural}/${id}`, { body: data, headers: ifMatch(version) });
}

/** Moves a record to the recycle bin. */
export function deleteRecord(plural: string, id: string, version?: number): Promise<void> {
  return call("DELETE", `/${plural}/${id}`, { headers: ifMatch(version) });
}

export function restoreRecord(plural: string, id: string): Promise<KithRecord> {
  return call("POST", `/${plural}/${id}/restore`);
}

export function upsertRecord(plural: string, by: string, data: Record<string, unknown>): Promise<KithRecord> {
  return call("POST", `/${plural}/upsert`, { body: { by, data } });
}

export interface Operation {
  op: "create" | "update" | "upsert" | "delete" | "restore";
  /** The plural name. */
  object: string;
  id?: string | { ref: string };
  data?: Record<string, unknown>;
  by?: string;
  ref?: string;
  if_version?: number;
}

export interface OperationResult {
  result: "created" | "updated" | "unchanged" | "deleted" | "restored";
  object: string;
  record: KithRecord;
}

/** Up to 200 changes, all or none. */
export function batch(operations: Operation[]): Promise<{ results: OperationResult[] }> {
  return call("POST", "/batch", { body: { operations } });
}

export interface AggregateRequest {
  group_by?: string | undefined;
  metrics?: string | undefined;
  filter?: string | null | undefined;
  sort?: string | undefined;
  limit?: number | undefined;
}

/** A sum or a mean: a decimal string, a number, a day, or null where there is nothing to add. */
export type Metric = string | number | { amount: string; currency: string } | null;

export interface Group {
  key: Record<string, unknown>;
  count?: number;
  sum?: Record<string, Metric>;
  avg?: Record<string, Metric>;
  min?: Record<string, Metric>;
  max?: Record<string, Metric>;
  weighted_sum?: Record<string, Metric>;
  /** The currency of amounts; per field where they differ. */
  currency?: string | null | Record<string, string | null>;
}

export interface Aggregate {
  groups: Group[];
  truncated: boolean;
}

export function aggregate(plural: string, request: AggregateRequest, signal?: AbortSignal): Promise<Aggregate> {
  return call("GET", `/${plural}/aggregate`, { query: { ...request }, signal });
}

export interface SearchMatch {
  /** The singular name of the object. */
  object: string;
  id: string;
  name: string;
  detail: string | null;
  match: "name" | "email" | "phone" | "domain";
  score: number;
}

/** Finds records as one types. `objects` are singular names. */
export async function searchRecords(q: string, options: { objects?: readonly string[]; limit?: number } = {}, signal?: AbortSignal): Promise<SearchMatch[]> {
  const { data } = await call<{ data: SearchMatch[] }>("GET", "/search", { query: { q, objects: options.objects?.join(","), limit: options.limit }, signal });
  return data;
}

export interface Actor {
  kind?: string;
  id?: string | null;
  name?: string | null;
  [member: string]: unknown;
}

export interface HistoryEvent {
  id: string;
  type: "created" | "updated" | "deleted" | "restored";
  version: number;
  actor: Actor;
  occurred_at: string;
  changes: { field: string; from: unknown; to: unknown }[];
}

export function recordHistory(plural: string, id: string, cursor?: string | null, signal?: AbortSignal): Promise<Page<HistoryEvent>> {
  return call("GET", `/${plural}/${id}/history`, { query: { cursor }, signal });
}

function ifMatch(version: number | undefined): Record<string, string> {
  return version === undefined ? {} : { "If-Match": `"${version}"` };
}
