import { infiniteQueryOptions } from "@tanstack/react-query";
import { asProblem, deleteRecord, keys, type KithRecord, listRecords, refreshObject, restoreRecord } from "@/api";
import type { ObjectType } from "@/catalog";

const PAGE = 50;

/** What is in the bin of an object, the last deleted first. */
export function binQuery(object: ObjectType, text: string) {
  const filter = text.trim() === "" ? undefined : `name.icontains(${JSON.stringify(text.trim())})`;
  return infiniteQueryOptions({
    queryKey: [...keys.object(object.plural), "bin", text.trim()],
    queryFn: ({ signal, pageParam }) =>
      listRecords(object.plural, { filter, deleted: true, sort: "-updated_at", fields: "name,version,updated_by,deleted_at", limit: PAGE, cursor: pageParam, count: "none" }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.page.next_cursor,
  });
}

/** Restores records one by one, since one that is refused is no reason to leave the others. */
export async function restoreAll(object: ObjectType, records: readonly KithRecord[]): Promise<{ restored: KithRecord[]; refused: string[] }> {
  const restored: KithRecord[] = [];
  const refused: string[] = [];
  for (const record of records) {
    try {
      restored.push(await restoreRecord(object.plural, record.id));
    } catch (error) {
      refused.push(asProblem(error).detail);
    }
  }
  await refreshObject(object.plural);
  return { restored, refused };
}

export async function deleteAgain(object: ObjectType, records: readonly KithRecord[]): Promise<void> {
  for (const record of records) await deleteRecord(object.plural, record.id);
  await refreshObject(object.plural);
}
