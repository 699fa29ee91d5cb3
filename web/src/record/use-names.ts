import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { keys, listRecords, useUsers } from "@/api";
import { useCatalog } from "@/catalog";
import { grouped } from "@/tasks";
import type { Reference } from "./changes";
import { t } from "./texts";

/** How many records are asked for at once. */
const AT_ONCE = 100;

/** The names of records and users by their ids, as far as they may be seen. */
export function useNames(references: readonly Reference[]): (id: string) => string {
  const catalog = useCatalog();
  const users = useUsers();
  const wanted = useMemo(() => {
    const groups = grouped(references, ({ object }) => object);
    return [...groups].flatMap(([name, found]) => {
      const plural = catalog.object(name)?.plural;
      if (plural === undefined) return [];
      const ids = [...new Set(found.map(({ id }) => id))].toSorted();
      return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, place) => ({ plural, ids: ids.slice(place * AT_ONCE, (place + 1) * AT_ONCE) }));
    });
  }, [catalog, references]);
  const answers = useQueries({
    queries: wanted.map(({ plural, ids }) => ({
      queryKey: [...keys.object(plural), "names", ids],
      staleTime: 60_000,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listRecords(plural, { filter: `id in [${ids.map((id) => JSON.stringify(id)).join(",")}]`, fields: "name", limit: AT_ONCE, count: "none" }, signal),
    })),
  });
  const loading = answers.some(({ isPending }) => isPending);
  const names = new Map(users.map((user) => [user.id, user.name] as const));
  for (const { data } of answers) for (const record of data?.data ?? []) if (typeof record.name === "string") names.set(record.id, record.name);
  const stamp = [...names].join();
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the stamp says what is in the map
  return useCallback((id: string) => names.get(id) ?? (loading ? "…" : t("gone_record")), [stamp, loading]);
}
