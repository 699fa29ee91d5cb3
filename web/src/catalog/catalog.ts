import type { Field, ObjectType } from "./types";

/** The objects of the workspace, found by their names. */
export class Catalog {
  readonly objects: readonly ObjectType[];
  readonly version: number;
  private readonly names = new Map<string, ObjectType>();

  constructor(objects: readonly ObjectType[], version: number) {
    this.objects = objects;
    this.version = version;
    for (const object of objects) {
      this.names.set(object.plural, object);
      this.names.set(object.name, object);
    }
  }

  /** The object with this singular or plural name. */
  object(name: string): ObjectType | undefined {
    return this.names.get(name);
  }

  /** Objects that have pages of their own: neither retired, nor parts of the set-up, nor of other records. */
  get listed(): readonly ObjectType[] {
    return this.objects.filter((object) => !object.retired && !PARTS.has(object.key));
  }

  /** The object that a relation leads to. */
  target(field: Field): ObjectType | undefined {
    return field.object === undefined ? undefined : this.names.get(field.object);
  }
}

/** Standard objects that are shown within others: stages in settings, line items on their deal. */
const PARTS = new Set(["pipeline", "stage", "line_item"]);

/** Fields that every record has for the system's sake: not offered for editing, last in lists. */
const SYSTEM = new Set(["version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "external_id"]);

export function isSystem(field: Field): boolean {
  return SYSTEM.has(field.name);
}

export function fieldOf(object: ObjectType, name: string): Field | undefined {
  return object.fields.find((field) => field.name === name);
}

function rank(field: Field): number {
  if (isSystem(field)) return 2;
  return field.name === "owner" ? 1 : 0;
}

/** The fields in use, the object's own before those of the system. */
export function liveFields(object: ObjectType): Field[] {
  const live = object.fields.filter((field) => !field.retired && field.name !== "version" && field.name !== "deleted_at");
  return live.toSorted((one, other) => rank(one) - rank(other));
}

/** The fields that people may change. */
export function editableFields(object: ObjectType): Field[] {
  return liveFields(object).filter(isEditable);
}

export function isEditable(field: Field): boolean {
  return !field.read_only && !field.retired && field.type !== "formula" && field.type !== "roll_up" && field.type !== "autonumber";
}

/** The fields without which a record can't be made. */
export function requiredFields(object: ObjectType): Field[] {
  return editableFields(object).filter((field) => field.required && field.default === null);
}

/** Fields whose values are other records or users. */
export function isLink(field: Field): boolean {
  return field.type === "relation" || field.type === "relations" || field.type === "any_relation" || field.type === "user";
}

/** How a field stands in the `fields` parameter: linked records come with their names. */
export function selection(field: Field): string {
  return isLink(field) ? `${field.name}(name)` : field.name;
}

/** The `fields` parameter for these fields, with what every record needs besides. */
export function selectionOf(fields: readonly Field[]): string {
  const names = new Set(["version", "created_at", "updated_at", "deleted_at", ...fields.map(selection)]);
  return [...names].join(",");
}

/** Everything of a record, linked records with their names. */
export function fullSelection(object: ObjectType): string {
  return `*,${liveFields(object).filter(isLink).map(selection).join(",")}`.replace(/,$/, "");
}

/** The name that people know a record by. */
export function recordName(record: Record<string, unknown>, untitled: string): string {
  return typeof record.name === "string" && record.name !== "" ? record.name : untitled;
}
