import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, call, queryClient } from "@/api";
import { toast } from "@/ui";
import { asGroup, finished, type Group, type Tree } from "./model";
import { t } from "./texts";

interface Parsed {
  tree: Tree | null;
  filter: string | null;
  problems: { message: string }[];
}

function parse(plural: string, filter: string | null, signal?: AbortSignal): Promise<Parsed> {
  return call("POST", "/filters/parse", { body: { object: plural, filter }, signal });
}

/** What is wrong with an expression; null where it can be used. */
export async function problemWith(plural: string, filter: string): Promise<string | null> {
  const { problems } = await parse(plural, filter);
  return problems[0]?.message ?? null;
}

export interface FilterTree {
  /** What stands in the bar: also conditions that aren't finished. */
  tree: Group;
  change: (tree: Group) => void;
  /** Why the expression can't be shown. */
  problem: string | null;
}

/** A filter's expression as a tree, taken apart and put together again by the server. */
export function useFilterTree(plural: string, filter: string | null, onFilter: (filter: string | null) => void): FilterTree {
  const [draft, setDraft] = useState<{ tree: Group; filter: string | null } | null>(null);
  const { data } = useQuery({
    queryKey: ["filter", plural, filter],
    enabled: filter !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => parse(plural, filter, signal),
  });
  const latest = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What was clicked together stays as it is while the address says what came of it.
  const shown = draft !== null && draft.filter === filter ? draft.tree : filter === null ? NOTHING : asGroup(data?.tree ?? null);
  const change = useCallback(
    (tree: Group) => {
      setDraft({ tree, filter });
      const turn = (latest.current += 1);
      clearTimeout(timer.current);
      timer.current = setTimeout(async () => {
        const complete = finished(tree);
        try {
          const rendered = complete === null ? null : (await call<{ filter: string | null }>("POST", "/filters/render", { body: { object: plural, tree: complete } })).filter;
          if (turn !== latest.current) return;
          setDraft({ tree, filter: rendered });
          if (rendered !== filter) onFilter(rendered);
        } catch (error) {
          if (turn === latest.current) toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
        }
      }, 250);
    },
    [plural, filter, onFilter],
  );
  return { tree: shown, change, problem: data?.problems[0]?.message ?? null };
}

const NOTHING: Group = { op: "and", items: [] };

/** Forgets what expressions stood for, after fields were changed. */
export function forgetFilters(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ["filter"] });
}
