import { keys, type KithRecord, type Page, queryClient } from "@/api";

/** Whatever of the cache shows this record, with changed members. */
export function patchCached(plural: string, id: string, change: (record: KithRecord) => KithRecord): void {
  queryClient.setQueriesData({ queryKey: keys.object(plural) }, (cached: unknown) => {
    if (isPage(cached)) {
      const at = cached.data.findIndex((record) => record.id === id);
      if (at < 0) return cached;
      return { ...cached, data: cached.data.with(at, change(cached.data[at] as KithRecord)) };
    }
    return isRecord(cached) && cached.id === id ? change(cached) : cached;
  });
}

function isPage(cached: unknown): cached is Page {
  return typeof cached === "object" && cached !== null && "data" in cached && "page" in cached && Array.isArray(cached.data) && (cached.data.length === 0 || isRecord(cached.data[0]));
}

function isRecord(cached: unknown): cached is KithRecord {
  return typeof cached === "object" && cached !== null && "id" in cached && "version" in cached;
}

/** Has lists, totals and boards of an object ask again, but not the rows that one looks at. */
export function refreshTotals(plural: string): void {
  void queryClient.invalidateQueries({ queryKey: [...keys.object(plural), "aggregate"] });
  void queryClient.invalidateQueries({ queryKey: [...keys.object(plural), "history"] });
}
