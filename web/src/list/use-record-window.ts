import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiProblem, type Count, keys, type KithRecord, type ListRequest, listRecords, type Page } from "@/api";
import { PAGE, pagesFor, totalRows } from "./window";

export interface RecordWindow {
  /** How many rows the table has, as far as that is known. */
  total: number;
  /** The record in a row; undefined while it loads. */
  record: (row: number) => KithRecord | undefined;
  /** Tells which rows are in sight. */
  show: (first: number, last: number) => void;
  count: Count | undefined;
  /** The rows are still those of the list before. */
  stale: boolean;
  loading: boolean;
  error: ApiProblem | null;
  refetch: () => void;
}

/**
 * The records of a list, in windows of 200 rows that are loaded as they come into sight and dropped
 * some time after they left it. Rows of the list before stay until the new ones are there.
 */
export function useRecordWindow(plural: string, request: ListRequest): RecordWindow {
  const client = useQueryClient();
  const identity = JSON.stringify([plural, request]);
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);

  const page = (place: number, cursor: string | null) => ({
    queryKey: [...keys.window(plural, request), place, cursor] as const,
    staleTime: 30_000,
    gcTime: 5 * 60_000,
    queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(plural, { ...request, limit: PAGE, cursor, ...(place === 0 ? {} : { count: "none" as const }) }, signal),
  });

  const first = useQuery({ ...page(0, null), placeholderData: keepPreviousData });
  const ready = first.data !== undefined && !first.isPlaceholderData;
  // Coming back to a list finds its rows at once: their cursors outlive the page.
  const known = useMemo(() => chainOf(identity), [identity]);
  if (ready) remember(known, 0, first.data);

  const wanted = ready ? pagesFor(range, known.known.length) : [];
  const rest = useQueries({ queries: wanted.map((place) => ({ ...page(place, known.known[place] ?? null), placeholderData: keepPreviousData })) });
  const pages = new Map<number, Page>();
  if (first.data) pages.set(0, first.data);
  for (const [at, place] of wanted.entries()) {
    const { data, isPlaceholderData } = rest[at] ?? {};
    if (data === undefined) continue;
    pages.set(place, data);
    if (!isPlaceholderData) remember(known, place, data);
  }
  // A row far down needs all cursors on the way to it: each answer asks for the next.
  const [, again] = useState(0);
  const reached = known.known.length;
  useEffect(() => {
    if (ready && reached > 1) again((value) => value + 1);
  }, [ready, reached]);

  const count = useFinishedCount(plural, request, ready ? first.data.count : undefined, first.dataUpdatedAt) ?? first.data?.count;
  const total = totalRows({ known: reached, end: known.end, count, firstPage: first.data?.data.length });
  const failed = [first, ...rest].find((query) => query.error !== null)?.error ?? null;
  const show = useCallback((from: number, to: number) => setRange((now) => (now[0] === from && now[1] === to ? now : [from, to])), []);
  return {
    total,
    record: (row) => {
      const place = Math.floor(row / PAGE);
      let loaded = pages.get(place);
      if (loaded === undefined && known.known[place] !== undefined) {
        loaded = client.getQueryData<Page>(page(place, known.known[place]).queryKey);
        // Looked up once, however many of its rows are asked for.
        if (loaded !== undefined) pages.set(place, loaded);
      }
      return loaded?.data[row % PAGE];
    },
    show,
    count,
    stale: first.isPlaceholderData,
    loading: first.isPending,
    error: failed instanceof ApiProblem ? failed : null,
    refetch: () => void client.invalidateQueries({ queryKey: keys.window(plural, request) }),
  };
}

/** Beyond this the server counts only when asked for the exact number. */
const COUNT_CAP = 10_000;

function isUnfinished(count: Count | null | undefined): boolean {
  return count?.exact === false && count.value < COUNT_CAP;
}

/**
 * The number of records where counting took longer than the first page: the server goes on counting, so
 * it is asked a few times more, for the number alone.
 */
function useFinishedCount(plural: string, request: ListRequest, begun: Count | undefined, at: number): Count | undefined {
  const { data } = useQuery({
    queryKey: ["count", plural, request, at],
    enabled: isUnfinished(begun),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await listRecords(plural, { ...request, fields: "id", limit: 1, cursor: null }, signal)).count ?? null,
    refetchInterval: ({ state }) => (isUnfinished(state.data) && state.dataUpdateCount < 8 ? 1_000 * state.dataUpdateCount : false),
  });
  return isUnfinished(begun) && !isUnfinished(data) ? (data ?? undefined) : undefined;
}

/** Where the windows of a list begin, as far as that is known. */
interface Chain {
  known: (string | null)[];
  end: number | null;
}

/** How many lists' windows are remembered. */
const LISTS = 20;
const chains = new Map<string, Chain>();

function chainOf(identity: string): Chain {
  const chain = chains.get(identity) ?? { known: [null], end: null };
  chains.delete(identity);
  chains.set(identity, chain);
  const oldest = chains.keys().next().value;
  if (chains.size > LISTS && oldest !== undefined) chains.delete(oldest);
  return chain;
}

function remember(known: Chain, place: number, page: Page): void {
  if (page.page.has_more && page.page.next_cursor !== null) {
    const next = page.page.next_cursor;
    // What follows a page that changed begins elsewhere.
    if (known.known[place + 1] !== next) {
      known.known[place + 1] = next;
      known.end = null;
    }
  } else {
    known.known.length = place + 1;
    known.end = place * PAGE + page.data.length;
  }
}
