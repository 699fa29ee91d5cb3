import { keys, type KithRecord, queryClient } from "@/api";

/** The records of the list that one came from, in its order. */
interface Trail {
  plural: string;
  ids: readonly string[];
}

let trail: Trail | null = null;

/** Remembers the list that one steps through with J and K on a record's page. */
export function rememberTrail(plural: string, ids: readonly string[]): void {
  trail = { plural, ids };
}

/** The record before or after this one in the list one came from; null at its ends. */
export function neighbour(plural: string, id: string, step: 1 | -1): string | null {
  if (trail?.plural !== plural || !trail.ids.includes(id)) trail = { plural, ids: cachedNeighbours(plural, id) };
  const at = trail.ids.indexOf(id);
  return at < 0 ? null : (trail.ids[at + step] ?? null);
}

/** The rows of the list in the cache that was loaded last and has this record. */
function cachedNeighbours(plural: string, id: string): string[] {
  const lists = new Map<string, { updated: number; pages: { place: number; ids: string[] }[] }>();
  for (const query of queryClient.getQueryCache().findAll({ queryKey: keys.object(plural) })) {
    const [, , kind, request, place] = query.queryKey;
    if (kind !== "window" && kind !== "list") continue;
    const ids = rowsOf(query.state.data);
    if (ids.length === 0) continue;
    const name = `${kind} ${JSON.stringify(request)}`;
    const list = lists.get(name) ?? { updated: 0, pages: [] };
    list.updated = Math.max(list.updated, query.state.dataUpdatedAt);
    list.pages.push({ place: typeof place === "number" ? place : 0, ids });
    lists.set(name, list);
  }
  const found = [...lists.values()]
    .filter(({ pages }) => pages.some(({ ids }) => ids.includes(id)))
    .toSorted((one, other) => other.updated - one.updated)[0];
  return [...new Set(found?.pages.toSorted((one, other) => one.place - other.place).flatMap(({ ids }) => ids))];
}

function rowsOf(data: unknown): string[] {
  if (typeof data !== "object" || data === null || !("data" in data) || !Array.isArray(data.data)) return [];
  return data.data.filter((row: unknown): row is KithRecord => typeof row === "object" && row !== null && "id" in row).map(({ id }) => id);
}
