import type { HistoryEvent } from "@/api";
import { type Field, fieldOf, isEditable, type ObjectType } from "@/catalog";
import { isEmpty, isLinked, linkedList } from "@/values";

/** One field's change, with the field as it is today. */
export interface Change {
  field: Field | undefined;
  name: string;
  from: unknown;
  to: unknown;
}

/** A record that a change names by its id alone. */
export interface Reference {
  /** Singular name. */
  object: string;
  id: string;
}

/** What people changed: not what the server made of it. */
export function changesOf(object: ObjectType, event: HistoryEvent): Change[] {
  const all = event.changes.map(({ field, from, to }): Change => ({ field: fieldOf(object, field), name: field, from, to }));
  const byPeople = all.filter(({ field, from, to }) => (field === undefined || isEditable(field)) && !(isEmpty(from) && isEmpty(to)));
  // The stage brings its pipeline with it; saying so would repeat it.
  return byPeople.length > 1 && byPeople.some(({ field }) => field?.object === "stage") ? byPeople.filter(({ field }) => field?.object !== "pipeline") : byPeople;
}

/** The records whose names are needed to tell what changed. */
export function referencesOf(object: ObjectType, events: readonly HistoryEvent[]): Reference[] {
  return events
    .filter((event) => event.type === "updated")
    .flatMap((event) => changesOf(object, event))
    .flatMap(({ field, from, to }) => {
      if (field === undefined) return [];
      return [from, to].flatMap((value) =>
        linkedList(value).flatMap((item): Reference[] => {
          const target = field.type === "any_relation" ? item.object : field.object;
          return target === undefined ? [] : [{ object: target, id: item.id }];
        }),
      );
    });
}

/** A value of a change, with the names of the records and users in it. */
export function named(value: unknown, nameOf: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => named(item, nameOf));
  return isLinked(value) ? { ...value, name: nameOf(value.id) } : value;
}

/** Texts that are too long to be told in a sentence. */
export function isLong(field: Field | undefined): boolean {
  return field?.type === "long_text" || field?.type === "json";
}
