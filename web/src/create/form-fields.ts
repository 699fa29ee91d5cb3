import { editableFields, type Field, type ObjectType, requiredFields } from "@/catalog";

/** How many fields are asked for at first, unless more are required. */
const FEW = 6;

/** The fields of the form: those asked for at first, and all others. */
export function formFields(object: ObjectType, given: Readonly<Record<string, unknown>>): { first: Field[]; rest: Field[] } {
  const all = editableFields(object).filter((field) => field.name !== "external_id");
  const required = new Set(requiredFields(object).map(({ name }) => name));
  const ranked = all
    .map((field) => ({ field, rank: required.has(field.name) ? 100 : rank(field, all) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((one, other) => other.rank - one.rank);
  const chosen = new Set(ranked.slice(0, FEW).map(({ field }) => field.name));
  for (const { field, rank } of ranked) if (rank === 100) chosen.add(field.name);
  for (const name of Object.keys(given)) chosen.add(name);
  return { first: all.filter(({ name }) => chosen.has(name)), rest: all.filter(({ name }) => !chosen.has(name)) };
}

/** How likely it is that one knows a field's value when one creates a record; 0 for hardly ever. */
function rank(field: Field, all: readonly Field[]): number {
  const isFirst = (fits: (one: Field) => boolean) => all.find(fits) === field;
  switch (field.type) {
    case "text":
      return field.name.endsWith("_name") || field.name === "name" ? 90 : 40;
    case "emails":
      return 80;
    case "relation":
    case "any_relation":
      if (field.object === "pipeline") return 0;
      return isFirst((one) => one.type === field.type) ? 75 : field.object === "stage" ? 72 : 45;
    case "currency":
      return 70;
    case "user":
      return field.name === "owner" ? 0 : 65;
    case "date":
    case "datetime":
      return isFirst((one) => one.type === field.type) ? 60 : 0;
    case "phones":
      return 55;
    case "select":
      return 30;
    default:
      return 0;
  }
}

/** What the form begins with: what was given, and what the catalog presets. */
export function startValues(fields: readonly Field[], given: Readonly<Record<string, unknown>>, me: { id: string; name: string }): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.default !== null && field.default !== undefined) values[field.name] = field.default;
    // What one plans is one's own, unless one says otherwise.
    if (field.name === "assignee") values[field.name] = { id: me.id, name: me.name };
  }
  return { ...values, ...given };
}
