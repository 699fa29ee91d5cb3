import { type Catalog, type Field, fieldOf, isEditable, isSystem, liveFields, type ObjectType } from "@/catalog";

/** The field that says where in a pipeline a record is. */
export function stageField(object: ObjectType): Field | undefined {
  return object.fields.find((field) => !field.retired && field.type === "relation" && field.object === "stage");
}

/** The field that asks why a record was won or lost. */
export function reasonField(object: ObjectType, kind: "won" | "lost"): Field | undefined {
  const field = fieldOf(object, `${kind}_reason`);
  return field !== undefined && isEditable(field) ? field : undefined;
}

/** Whether the name is the server's, made of other fields. */
export function renamable(object: ObjectType): Field | undefined {
  const field = fieldOf(object, "name");
  return field !== undefined && isEditable(field) ? field : undefined;
}

/** The fields on a record's page: its own, and those that the system keeps. */
export function factFields(object: ObjectType): { own: Field[]; system: Field[] } {
  const live = liveFields(object).filter((field) => field.name !== "name" && field.name !== stageField(object)?.name);
  return { own: live.filter((field) => !isSystem(field)), system: live.filter(isSystem) };
}

/** Records of another object that point to this one. */
export interface Relation {
  object: ObjectType;
  field: Field;
  /** Whether the object has several fields that lead here, so that its name alone doesn't say which. */
  ambiguous: boolean;
}

/** Everything that points to an object's records by a field of its own. */
export function relationsTo(catalog: Catalog, target: ObjectType): Relation[] {
  const others = catalog.objects.filter((object) => !object.retired && object.key !== "stage" && object.key !== "pipeline");
  return others.flatMap((object) => {
    const fields = object.fields.filter((field) => !field.retired && (field.type === "relation" || field.type === "relations") && field.object === target.name);
    return fields.map((field) => ({ object, field, ambiguous: object.name === target.name || fields.indexOf(field) > 0 }));
  });
}

/** The filter that finds what points to a record by a relation. */
export function relationFilter({ field }: Relation, id: string): string {
  return field.type === "relations" ? `"${id}" in ${field.name}` : `${field.name} == "${id}"`;
}

/** The few fields by which one recognises a record in a short list. */
export function headlineFields(object: ObjectType, without: string): Field[] {
  const live = liveFields(object).filter((field) => !isSystem(field) && field.name !== "name" && field.name !== without);
  const pick = (fits: (field: Field) => boolean) => live.find(fits);
  const found = [
    stageField(object),
    pick((field) => field.type === "currency" || field.type === "formula"),
    pick((field) => field.name === "job_title"),
    pick((field) => field.type === "emails"),
    pick((field) => field.type === "select"),
    pick((field) => field.type === "date"),
  ];
  return [...new Set(found.filter((field) => field !== undefined))].slice(0, 2);
}
