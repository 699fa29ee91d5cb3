import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call, done, keys, queryClient, take } from "@/api";
import { type ListView, type SavedView, toSaved } from "./model";

export function viewsQuery(plural: string) {
  return queryOptions({
    queryKey: keys.views(plural),
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await call<{ data: SavedView[] }>("GET", "/views", { query: { object: plural, limit: 200 }, signal })).data,
  });
}

/** The views of an object that this person may see. Undefined while loading. */
export function useViews(plural: string): SavedView[] | undefined {
  return useQuery(viewsQuery(plural)).data;
}

/** The view that opens first: one's own choice before everybody's. */
export function defaultOf(views: readonly SavedView[]): SavedView | undefined {
  return views.find((view) => view.default === "mine") ?? views.find((view) => view.default === "everyone");
}

function refresh(plural: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: keys.views(plural) });
}

export async function createView(plural: string, view: ListView, about: { name: string; shared: boolean }): Promise<SavedView> {
  const made = await take(api.POST("/views", { body: { object: plural, ...about, ...toSaved(view) } }));
  queryClient.setQueryData(keys.views(plural), (known: SavedView[] | undefined) => [...(known ?? []), made]);
  return made;
}

export type ViewChange = Partial<ReturnType<typeof toSaved>> & { name?: string; shared?: boolean; default?: SavedView["default"] };

export async function updateView(view: SavedView, change: ViewChange): Promise<SavedView> {
  const made = await take(api.PATCH("/views/{id}", { params: { path: { id: view.id }, header: { "If-Match": `"${view.version}"` } }, body: change }));
  queryClient.setQueryData(keys.views(view.object), (known: SavedView[] | undefined) => known?.map((one) => (one.id === made.id ? made : one)));
  await refresh(view.object);
  return made;
}

export async function deleteView(view: SavedView): Promise<void> {
  await done(api.DELETE("/views/{id}", { params: { path: { id: view.id } } }));
  await refresh(view.object);
}
