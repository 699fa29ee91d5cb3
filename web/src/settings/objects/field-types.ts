import type { FieldType } from "@/catalog";
import { texts } from "@/i18n";

const t = texts("field-types", {
  text: "Text",
  long_text: "Long text",
  number: "Whole number",
  decimal: "Decimal number",
  currency: "Amount of money",
  boolean: "Yes or no",
  date: "Date",
  datetime: "Date and time",
  select: "One of a list",
  multi_select: "Several of a list",
  emails: "E-mail addresses",
  phones: "Phone numbers",
  links: "Links",
  address: "Address",
  rating: "Rating",
  user: "User",
  relation: "Link to a record",
  relations: "Links to records",
  any_relation: "Link to any record",
  json: "JSON",
  autonumber: "Running number",
  formula: "Formula",
  roll_up: "Roll-up",
});

export const FIELD_TYPES: readonly FieldType[] = [
  "text", "long_text", "number", "decimal", "currency", "boolean", "date", "datetime", "select", "multi_select", "emails", "phones", "links", "address", "rating", "user", "relation", "relations",
  "any_relation", "json", "autonumber", "formula", "roll_up",
];

export function typeLabel(type: FieldType): string {
  return t(type);
}

const COMPUTED = new Set<FieldType>(["formula", "roll_up", "autonumber"]);
const UNIQUE = new Set<FieldType>(["text", "number", "emails", "phones", "links"]);
const INDEXED = new Set<FieldType>(["text", "select", "number", "decimal", "currency", "rating", "date", "datetime", "user", "relation"]);

/** Whether people give its values, so that it can be required, have a default and be validated. */
export function isGiven(type: FieldType): boolean {
  return !COMPUTED.has(type);
}

export function canBeUnique(type: FieldType): boolean {
  return UNIQUE.has(type);
}

export function canBeIndexed(type: FieldType): boolean {
  return INDEXED.has(type);
}
