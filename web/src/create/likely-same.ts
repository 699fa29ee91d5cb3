import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call, type components, keys } from "@/api";
import { editableFields, type Field, type ObjectType } from "@/catalog";
import { inputOf, isEmpty, useDebounced } from "@/values";

export type LikelySame = components["schemas"]["Duplicate"];

/** The fewest letters of a name that are looked for: those of one letter are like any other. */
const SHORTEST = 2;
/** Types whose values can be another record's too without anybody noticing. */
const TELLING = new Set(["text", "emails", "phones", "links"]);

/** Records that may be the one that is being entered, the likeliest first. */
export function useLikelySame(object: ObjectType, values: Readonly<Record<string, unknown>>): readonly LikelySame[] {
  const wanted = useDebounced(JSON.stringify(telling(editableFields(object), values)), 250);
  const { data } = useQuery({
    queryKey: [...keys.object(object.plural), "duplicates", wanted],
    // Two tasks may well say the same.
    enabled: wanted !== "{}" && object.key !== "task" && object.key !== "note",
    staleTime: 10_000,
    // What is shown stays while more is typed: one may be about to click it.
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call<{ data: LikelySame[] }>("POST", `/${object.plural}/duplicates`, { body: { values: JSON.parse(wanted) as unknown }, signal }),
  });
  return (wanted === "{}" ? undefined : data)?.data.slice(0, 3) ?? NONE;
}

const NONE: readonly LikelySame[] = [];

/** The values by which records are told apart. */
export function telling(fields: readonly Field[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found = fields.filter((field) => {
    const value = values[field.name];
    return TELLING.has(field.type) && !isEmpty(value) && (typeof value !== "string" || value.trim().length >= SHORTEST);
  });
  return Object.fromEntries(found.map((field) => [field.name, inputOf(field, values[field.name])]));
}
