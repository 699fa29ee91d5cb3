import { keys, type ListRequest, listRecords, type Page, queryClient } from "@/api";
import { PAGE } from "./window";

/** The lists that were last looked at, so that J and K step through them from a record's page. */
const lists = new Map<string, ListRequest>();

export function rememberList(plural: string, request: ListRequest): void {
  lists.set(plural, request);
}

/** The record after (1) or before (-1) another in the list that was last looked at; null at its ends. */
export async function neighbour(plural: string, id: string, step: 1 | -1): Promise<string | null> {
  const request = lists.get(plural);
  if (request === undefined) return null;
  const pages = queryClient
    .getQueriesData<Page>({ queryKey: keys.window(plural, request) })
    .flatMap(([key, page]) => (page === undefined ? [] : [{ place: Number(key.at(-2)), page }]))
    .toSorted((one, other) => one.place - other.place);
  for (const { place, page } of pages) {
    const at = page.data.findIndex((record) => record.id === id);
    if (at < 0) continue;
    const beside = page.data[at + step];
    if (beside !== undefined) return beside.id;
    const next = pages.find((one) => one.place === place + step)?.page;
    if (next !== undefined) return (step === 1 ? next.data[0] : next.data.at(-1))?.id ?? null;
    if (step === -1 || page.page.next_cursor === null) return null;
    const cursor = page.page.next_cursor;
    const loaded = await queryClient.fetchQuery({
      queryKey: [...keys.window(plural, request), place + 1, cursor],
      queryFn: () => listRecords(plural, { ...request, limit: PAGE, cursor, count: "none" }),
    });
    return loaded.data[0]?.id ?? null;
  }
  return null;
}
