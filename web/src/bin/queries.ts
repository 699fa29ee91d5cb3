import { infiniteQueryOptions } from "@tanstack/react-query";
import { keys, listRecords } from "@/api";
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
