import { type InfiniteData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, type components, type Page, queryClient, take } from "@/api";

export type Notification = components["schemas"]["Notification"];
export type Notifications = InfiniteData<Page<Notification>, string | null>;

export const KEY = ["notifications"] as const;

export const unreadQuery = queryOptions({
  queryKey: [...KEY, "unread"],
  staleTime: 60_000,
  queryFn: () => take(api.GET("/notifications/unread")),
});

/** How many notifications were not read; null while that isn't known. */
export function useUnread(): { count: number; exact: boolean } | null {
  const { data } = useQuery(unreadQuery);
  return data === undefined ? null : { count: data.unread, exact: data.exact };
}

/** Notes what was read, or isn't any more, wherever it is shown. */
export function noteRead(isConcerned: (one: Notification) => boolean, at: string | null): void {
  queryClient.setQueriesData<Notifications>({ queryKey: [...KEY, "list"] }, (cached) =>
    cached === undefined ? cached : { ...cached, pages: cached.pages.map((page) => ({ ...page, data: page.data.map((one) => (isConcerned(one) && (one.read_at === null) !== (at === null) ? { ...one, read_at: at } : one)) })) },
  );
}

/** Marks one; shown at once. */
export async function markOne(one: Notification, read: boolean): Promise<void> {
  if ((one.read_at !== null) === read) return;
  noteRead(({ id }) => id === one.id, read ? new Date().toISOString() : null);
  countBy(read ? -1 : 1);
  try {
    await take(api.PATCH("/notifications/{id}", { params: { path: { id: one.id } }, body: { read } }));
  } finally {
    void queryClient.invalidateQueries({ queryKey: unreadQuery.queryKey });
  }
}

/** Marks all up to the newest that was seen. How many those were. */
export async function markAll(upTo: string): Promise<number> {
  const { marked } = await take(api.POST("/notifications/read", { body: { up_to: upTo } }));
  noteRead(({ id }) => id <= upTo, new Date().toISOString());
  await queryClient.invalidateQueries({ queryKey: unreadQuery.queryKey });
  return marked;
}

export function countBy(step: number): void {
  queryClient.setQueryData(unreadQuery.queryKey, (known) => (known === undefined ? known : { ...known, unread: Math.max(0, known.unread + step) }));
}
