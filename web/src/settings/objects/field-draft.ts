import { call } from "@/api";
import { type Field, type FieldType, type ObjectType, type Option, refreshCatalog } from "@/catalog";

/** Everything that may be said of a field; which members count depends on its type. */
export interface FieldDraft {
  label: string;
  name: string;
  type: FieldType;
  description: string;
  options: Option[];
  object: string;
  max: number;
  prefix: string;
  digits: number;
  expression: string;
  relation: string;
  function: NonNullable<Field["function"]>;
  field: string | null;
  filter: string;
  required: boolean;
  unique: boolean;
  indexed: boolean;
  default: unknown;
  validation: string;
  validation_message: string;
}

export function draftOf(field: Field | undefined): FieldDraft {
  return {
    label: field?.label ?? "",
    name: field?.name ?? "",
    type: field?.type ?? "text",
    description: field?.description ?? "",
    options: field?.options ?? [],
    object: field?.object ?? "",
    max: field?.max ?? 5,
    prefix: field?.prefix ?? "",
    digits: field?.digits ?? 4,
    expression: field?.expression ?? "",
    relation: field?.relation ?? "",
    function: field?.function ?? "count",
    field: field?.field ?? null,
    filter: field?.filter ?? "",
    required: field?.required ?? false,
    unique: field?.unique ?? false,
    indexed: field?.indexed ?? false,
    default: field?.default ?? null,
    validation: field?.validation ?? "",
    validation_message: field?.validation_message ?? "",
  };
}

const OWN: Partial<Record<FieldType, readonly (keyof FieldDraft)[]>> = {
  select: ["options"],
  multi_select: ["options"],
  relation: ["object"],
  relations: ["object"],
  rating: ["max"],
  autonumber: ["prefix", "digits"],
  formula: ["expression"],
  roll_up: ["object", "relation", "function", "field", "filter"],
};

const GENERAL: readonly (keyof FieldDraft)[] = ["label", "description", "required", "unique", "indexed", "default", "validation", "validation_message"];

/** Empty text stands for no expression. */
const NULLABLE = new Set<keyof FieldDraft>(["filter", "validation", "validation_message"]);

function sent(draft: FieldDraft, member: keyof FieldDraft): unknown {
  const value = draft[member];
  return NULLABLE.has(member) && value === "" ? null : value;
}

/** The members of a new field, or those of a known one that differ. */
export function bodyOf(draft: FieldDraft, before: Field | undefined): Record<string, unknown> {
  const own = OWN[draft.type] ?? [];
  const members = [...GENERAL, ...own, ...(before?.standard ? [] : (["name"] as const))];
  if (before === undefined) {
    const body: Record<string, unknown> = { type: draft.type };
    for (const member of members) {
      const value = sent(draft, member);
      // What isn't said is as the server would have it.
      if (value !== null && value !== false && value !== "") body[member] = value;
    }
    return body;
  }
  const was = draftOf(before);
  return Object.fromEntries(members.flatMap((member) => (JSON.stringify(was[member]) === JSON.stringify(draft[member]) ? [] : [[member, sent(draft, member)]])));
}

export async function saveField(object: ObjectType, before: Field | undefined, body: Record<string, unknown>): Promise<void> {
  if (before === undefined) await call("POST", `/objects/${object.name}/fields`, { body });
  else await call("PATCH", `/objects/${object.name}/fields/${before.retired ? before.key : before.name}`, { body, headers: { "If-Match": `"${before.version}"` } });
  await refreshCatalog();
}

export async function setRetired(object: ObjectType, field: Field, retired: boolean): Promise<void> {
  // A retired field has given its name up, and goes by its key.
  await call("PATCH", `/objects/${object.name}/fields/${retired ? field.name : field.key}`, { body: { retired } });
  await refreshCatalog();
}
