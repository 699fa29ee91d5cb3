import { call, keys, queryClient } from "@/api";
import type { Selection } from "@/list/selection";

/** A change of many records, done by the server in the background. */
export interface Bulk {
  id: string;
  /** The plural name. */
  object: string;
  action: "update" | "delete" | "restore";
  state: "collecting" | "running" | "completed" | "cancelled" | "failed" | "undoing" | "undone";
  total: number | null;
  done: number;
  changed: number;
  unchanged: number;
  refused_count: number;
  refused: { id: string; title: string | null; reason: string }[];
  error: string | null;
  can_undo: boolean;
  undo: { restored: number; left_count: number } | null;
}

export interface BulkRequest {
  object: string;
  action: Bulk["action"];
  selection: Selection;
  /** The list's filter, within which all are meant. */
  filter: string | null;
  values?: Record<string, unknown>;
  /** What becomes of lists such as tags: the new values instead of the old ones, or besides them. */
  lists?: "replace" | "add";
}

/** The request for a selection: its records by their ids, or all that match but a few. */
export function bulkBody({ object, action, selection, filter, values, lists }: BulkRequest): Record<string, unknown> {
  const which = selection.kind === "some" ? { ids: [...selection.ids] } : { filter: filter ?? "true", ...(selection.except.size > 0 ? { exclude_ids: [...selection.except] } : {}) };
  return { object, action, ...which, ...(values === undefined ? {} : { values }), ...(lists === undefined ? {} : { lists }) };
}

export function isOver({ state }: Bulk): boolean {
  return state === "completed" || state === "cancelled" || state === "failed" || state === "undone";
}

export function startBulk(request: BulkRequest): Promise<Bulk> {
  return call("POST", "/bulk", { body: bulkBody(request) });
}

export function cancelBulk(id: string): Promise<Bulk> {
  return call("POST", `/bulk/${id}/cancel`);
}

export function undoBulk(id: string): Promise<Bulk> {
  return call("POST", `/bulk/${id}/undo`);
}

/** How often the server is asked how far it is: first often, since most are over at once. */
const PAUSES = [120, 200, 300, 500, 800];

/** Follows a bulk change to its end. */
export async function follow(bulk: Bulk, onProgress: (bulk: Bulk) => void): Promise<Bulk> {
  let current = bulk;
  for (let turn = 0; !isOver(current); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSES[turn] ?? 1000));
    current = await call<Bulk>("GET", `/bulk/${bulk.id}`);
    onProgress(current);
  }
  await queryClient.invalidateQueries({ queryKey: keys.object(bulk.object) });
  return current;
}
