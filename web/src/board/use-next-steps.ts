import { useQueries } from "@tanstack/react-query";
import { keys, listRecords } from "@/api";
import { isLinked } from "@/values";

/** When the next open task about a record is due: null for one without a date. */
export type NextSteps = ReadonlyMap<string, string | null>;

const CHUNK = 50;

/** The next steps of records in sight. Records that aren't in `known` are still asked for. */
export function useNextSteps(ids: readonly string[], wanted: boolean): { steps: NextSteps; known: ReadonlySet<string> } {
  const chunks: string[][] = [];
  if (wanted) for (let start = 0; start < ids.length; start += CHUNK) chunks.push(ids.slice(start, start + CHUNK));
  const answers = useQueries({
    queries: chunks.map((chunk) => {
      const request = { filter: `done == false && about in [${chunk.map((id) => JSON.stringify(id)).join(", ")}]`, fields: "due_at,about", sort: "due_at", limit: 200, count: "none" as const };
      return { queryKey: keys.list("tasks", request), staleTime: 60_000, queryFn: () => listRecords("tasks", request) };
    }),
  });
  const steps = new Map<string, string | null>();
  const known = new Set<string>();
  for (const [place, { data }] of answers.entries()) {
    if (data === undefined) continue;
    for (const id of chunks[place] ?? []) known.add(id);
    for (const task of data.data) {
      if (!isLinked(task.about) || steps.has(task.about.id)) continue;
      steps.set(task.about.id, typeof task.due_at === "string" ? task.due_at : null);
    }
  }
  return { steps, known };
}
