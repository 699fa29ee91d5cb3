import { useQuery } from "@tanstack/react-query";
import { aggregate, keys, type KithRecord, listRecords } from "@/api";
import { useStages } from "@/catalog";
import { isLinked } from "@/values";
import { needingAttention, type Reason } from "./attention";

/** One's own deals in hand. */
export const MINE = 'owner == me() && stage.kind == "open"';
/** Those of them that are past their date, or longer in their stage than it gives them. */
export const STUCK = `${MINE} && (expected_close < today() || daysSince(stage_entered_at) > stage.rotting_days)`;

const FIELDS = "name,stage(name),stage_entered_at,expected_close,amount";
/** How many deals are asked for their tasks at once, and how often at most. */
const PAGE = 200;
const PAGES = 5;

export interface Attention {
  found: { deal: KithRecord; reasons: Reason[] }[];
  /** How many are stuck, also those that aren't shown. */
  stuck: { value: number; exact: boolean };
  /** Whether this person has any deals in hand. */
  any: boolean;
}

/** The deals that one should look after: first those that are stuck, then those that nobody plans to do anything about. */
export function useAttention(plural: string, rows: number) {
  const stages = useStages();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...keys.object(plural), "attention", rows],
    queryFn: async ({ signal }) => {
      const stuck = await listRecords(plural, { filter: STUCK, fields: FIELDS, sort: "expected_close", limit: rows }, signal);
      const withTask = await planned(stuck.data, signal);
      const missing = rows - stuck.data.length;
      const others = missing > 0 ? await unplanned(plural, missing, new Set(stuck.data.map(({ id }) => id)), signal) : { deals: [], any: true };
      return { deals: [...stuck.data, ...others.deals], withTask, stuck: stuck.count ?? { value: stuck.data.length, exact: true }, any: stuck.data.length > 0 || others.any };
    },
  });
  const attention: Attention | undefined = data === undefined ? undefined : { found: needingAttention(data.deals, stages, data.withTask), stuck: data.stuck, any: data.any };
  return { attention, error, isPending: isPending || (data !== undefined && data.any && stages.size === 0), refetch };
}

/** Which of these deals have an open task. */
async function planned(deals: readonly KithRecord[], signal: AbortSignal): Promise<Set<string>> {
  if (deals.length === 0) return new Set();
  const filter = `!done && about in [${deals.map(({ id }) => JSON.stringify(id)).join(",")}]`;
  const { groups } = await aggregate("tasks", { group_by: "about", metrics: "count", filter, limit: PAGE }, signal);
  return new Set(groups.flatMap(({ key }) => (isLinked(key.about) ? [key.about.id] : [])));
}

/** Deals in hand without an open task, those first that moved longest ago. */
async function unplanned(plural: string, wanted: number, known: ReadonlySet<string>, signal: AbortSignal): Promise<{ deals: KithRecord[]; any: boolean }> {
  const deals: KithRecord[] = [];
  let cursor: string | null = null;
  let any = false;
  for (let turn = 0; turn < PAGES && deals.length < wanted; turn += 1) {
    const page = await listRecords(plural, { filter: MINE, fields: FIELDS, sort: "stage_entered_at", limit: PAGE, cursor, count: "none" }, signal);
    any ||= page.data.length > 0;
    const withTask = await planned(page.data, signal);
    deals.push(...page.data.filter(({ id }) => !known.has(id) && !withTask.has(id)));
    cursor = page.page.next_cursor;
    if (cursor === null) break;
  }
  return { deals: deals.slice(0, wanted), any };
}
