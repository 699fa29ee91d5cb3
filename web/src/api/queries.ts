import { QueryClient } from "@tanstack/react-query";
import type { AggregateRequest, ListRequest } from "./records";
import { ApiProblem } from "./problem";

/** The names under which answers are cached. What is under a shorter key is dropped with it. */
export const keys = {
  session: ["session"] as const,
  catalog: ["catalog"] as const,
  users: ["users"] as const,
  /** Everything of an object's records. */
  object: (plural: string) => ["records", plural] as const,
  list: (plural: string, request: ListRequest) => ["records", plural, "list", request] as const,
  window: (plural: string, request: ListRequest) => ["records", plural, "window", request] as const,
  record: (plural: string, id: string) => ["records", plural, "record", id] as const,
  history: (plural: string, id: string) => ["records", plural, "history", id] as const,
  aggregate: (plural: string, request: AggregateRequest) => ["records", plural, "aggregate", request] as const,
  search: (text: string, objects: readonly string[]) => ["search", text, objects] as const,
  views: (object: string) => ["views", object] as const,
};

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      // A refusal stays one; only a lost connection is worth another try.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.code === "offline",
    },
    mutations: { retry: false },
  },
});

/** Has everything that shows records of an object ask again. */
export function refreshObject(plural: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: keys.object(plural) });
}
