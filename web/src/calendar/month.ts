import { dayOf, isDay, momentAt } from "@/format";
import type { KithRecord } from "@/api";
import type { Field } from "@/catalog";

/** The condition that a record's date lies in these days, the last one not included. */
export function rangeFilter(field: Field, from: string, until: string): string {
  const at = (day: string) => JSON.stringify(field.type === "datetime" ? momentAt(day, "00:00") : day);
  return `${field.name} >= ${at(from)} && ${field.name} < ${at(until)}`;
}

/** The day on which a record stands in a calendar, for the person who looks. */
export function recordDay(field: Field, record: KithRecord): string | null {
  const value = record[field.name];
  if (typeof value !== "string") return null;
  return isDay(value) ? value : dayOf(value);
}

/** The records of each day, in the order in which they came. */
export function byDay(field: Field, records: readonly KithRecord[]): Map<string, KithRecord[]> {
  const days = new Map<string, KithRecord[]>();
  for (const record of records) {
    const day = recordDay(field, record);
    if (day === null) continue;
    const known = days.get(day);
    if (known === undefined) days.set(day, [record]);
    else known.push(record);
  }
  return days;
}
