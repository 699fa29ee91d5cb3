import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, queryClient, upload } from "@/api";
import { type Import, type ImportSummary, isBusy, type Plan } from "./types";

/** How often work under way is looked at. */
const POLL = 700;

const ALL = ["imports"] as const;

export function importQuery(id: string) {
  return queryOptions({
    queryKey: [...ALL, "one", id],
    queryFn: ({ signal }) => call<Import>("GET", `/imports/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isBusy(query.state.data.state) ? POLL : false),
  });
}

interface ImportPage {
  data: ImportSummary[];
  page: { next_cursor: string | null; has_more: boolean };
}

export const importsQuery = infiniteQueryOptions({
  queryKey: [...ALL, "list"],
  queryFn: ({ signal, pageParam }) => call<ImportPage>("GET", "/imports", { query: { limit: 50, cursor: pageParam }, signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.page.next_cursor,
  refetchInterval: (query) => (query.state.data?.pages.some((page) => page.data.some((one) => isBusy(one.state))) ? POLL : false),
});

/** Keeps what the server answered about an import, and has lists of imports ask again. */
export function adoptImport(answer: Import): Import {
  queryClient.setQueryData(importQuery(answer.id).queryKey, answer);
  void queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
  return answer;
}

export async function sendFile(object: string, file: File, options: { signal: AbortSignal; onProgress: (share: number) => void }): Promise<Import> {
  return adoptImport(await upload<Import>("/imports", file, { query: { object, filename: file.name }, ...options }));
}

export async function savePlan(id: string, plan: Plan): Promise<Import> {
  return adoptImport(await call<Import>("PUT", `/imports/${id}/plan`, { body: plan }));
}

export async function act(id: string, what: "dry-run" | "start" | "cancel" | "undo"): Promise<Import> {
  return adoptImport(await call<Import>("POST", `/imports/${id}/${what}`));
}

export async function forget(id: string): Promise<void> {
  await call("DELETE", `/imports/${id}`);
  await queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
}
