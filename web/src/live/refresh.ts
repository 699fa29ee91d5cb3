import { keys, queryClient } from "@/api";
import { changesMembers, type Merged } from "./merged";

/** Lists and totals ask again this long after a change, and no more often than that, in milliseconds. */
const SOON = 250;
const BETWEEN = 1_000;
const BETWEEN_IN_FLOOD = 2_500;

interface Wanted {
  /** The records whose histories have grown. */
  ids: Set<string>;
  /** What fields changed from and to, by which columns of boards are found. */
  values: Set<unknown>;
  members: boolean;
  timer: ReturnType<typeof setTimeout>;
}

const wanted = new Map<string, Wanted>();
const lastRun = new Map<string, number>();

/** Boards in sight, by the plural name and the field of their columns. */
const boards = new Map<symbol, { plural: string; field: string }>();

/** Has the columns of a board ask again when cards move. */
export function registerBoard(plural: string, field: string): () => void {
  const key = Symbol(plural);
  boards.set(key, { plural, field });
  return () => boards.delete(key);
}

/** Has what can't be patched ask again: totals, histories, and lists whose members may be others now. */
export function refreshLater(plural: string, merged: ReadonlyMap<string, Merged>, flood: boolean): void {
  const foreign = [...merged].filter(([, { own }]) => !own);
  if (foreign.length === 0) return;
  let one = wanted.get(plural);
  if (one === undefined) {
    const since = performance.now() - (lastRun.get(plural) ?? -BETWEEN_IN_FLOOD);
    const wait = Math.max(SOON, (flood ? BETWEEN_IN_FLOOD : BETWEEN) - since);
    one = { ids: new Set(), values: new Set(), members: false, timer: setTimeout(() => run(plural), wait) };
    wanted.set(plural, one);
  }
  const field = [...boards.values()].find((board) => board.plural === plural)?.field;
  for (const [id, change] of foreign) {
    one.ids.add(id);
    one.members ||= changesMembers(change);
    if (field !== undefined && change.fields.has(field)) for (const value of change.values) one.values.add(value);
  }
}

function run(plural: string): void {
  const one = wanted.get(plural);
  if (one === undefined) return;
  wanted.delete(plural);
  lastRun.set(plural, performance.now());
  const board = [...boards.values()].some((each) => each.plural === plural);
  void queryClient.invalidateQueries({
    queryKey: keys.object(plural),
    predicate: (query) => {
      const [, , kind, key] = query.queryKey;
      if (kind === "record") return false;
      if (kind === "history") return one.ids.has(String(key));
      if (kind !== "window") return true;
      // A list doesn't move under its reader; a board does, as cards do.
      if (!query.isActive()) return true;
      return board && (one.members || isColumnOf(key, one.values));
    },
  });
}

function isColumnOf(request: unknown, values: ReadonlySet<unknown>): boolean {
  const filter = typeof request === "object" && request !== null && "filter" in request ? String(request.filter) : "";
  return [...values].some((value) => (value === null ? filter.includes("null") : filter.includes(String(value))));
}
