/** How many rows are loaded at once. */
export const PAGE = 200;

/**
 * The windows that rows in sight need, besides the first: one more than they touch, so that
 * scrolling on finds rows. A window whose cursor isn't known yet stands for the last known one,
 * from whose answer the next cursor comes.
 */
export function pagesFor([first, last]: readonly [number, number], known: number): number[] {
  const from = Math.floor(Math.max(first - PAGE / 4, 0) / PAGE);
  const to = Math.floor((last + PAGE / 2) / PAGE);
  const pages = new Set<number>();
  for (let page = from; page <= to; page += 1) pages.add(Math.min(page, known - 1));
  pages.delete(0);
  return [...pages];
}

export interface Known {
  /** How many windows' cursors are known. */
  known: number;
  /** How many rows there are, once the last window was seen. */
  end: number | null;
  count: { value: number; exact: boolean } | undefined;
  firstPage: number | undefined;
}

/** How many rows to make room for. Without an exact count the table grows as one scrolls. */
export function totalRows({ known, end, count, firstPage }: Known): number {
  if (end !== null) return end;
  if (firstPage === undefined) return 0;
  const loaded = known * PAGE;
  return count?.exact === true ? Math.max(count.value, known > 1 ? (known - 1) * PAGE + 1 : firstPage) : loaded;
}
