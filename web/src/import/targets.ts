import { type Catalog, type Field, isEditable, isSystem, liveFields, type ObjectType } from "@/catalog";
import { t } from "./texts";

/** Something that a column's values may become: a field, a part of one, the name as a whole. */
export interface Target {
  /** As it stands in plans: `emails`, `address.city`, `about.company`, `full_name`, `id`. */
  path: string;
  label: string;
  /** The field that it is, or is part of. */
  field: Field | null;
}

const PARTS = [
  ["street", t("street")],
  ["city", t("city")],
  ["region", t("address_region")],
  ["postal_code", t("postal_code")],
  ["country", t("country")],
] as const;

/** Everything that columns of a file may be mapped to. */
export function targetsOf(catalog: Catalog, object: ObjectType): Target[] {
  const own = liveFields(object).filter((field) => isEditable(field) && (!isSystem(field) || field.name === "external_id"));
  const targets: Target[] = [];
  const has = (name: string) => object.fields.some((field) => field.name === name && !field.retired);
  if (has("first_name") && has("last_name")) targets.push({ path: "full_name", label: t("full_name"), field: null });
  for (const field of own) targets.push(...ofField(catalog, field));
  targets.push({ path: "id", label: t("kith_id"), field: null });
  return targets;
}

function ofField(catalog: Catalog, field: Field): Target[] {
  const whole = { path: field.name, label: field.label, field };
  const part = (name: string, label: string): Target => ({ path: `${field.name}.${name}`, label: `${field.label} › ${label}`, field });
  if (field.type === "address") return [whole, ...PARTS.map(([name, label]) => part(name, label))];
  if (field.type === "currency") return [whole, part("currency", t("currency"))];
  if (field.type === "any_relation") return catalog.listed.map((object) => part(object.name, object.label));
  return [whole];
}

/** The object whose records a target's values name; undefined where they name none. */
export function linkedObject(catalog: Catalog, target: Target): ObjectType | undefined {
  if (target.field === null) return undefined;
  if (target.field.type === "any_relation") return catalog.object(target.path.split(".")[1] ?? "");
  return target.field.type === "relation" || target.field.type === "relations" ? catalog.target(target.field) : undefined;
}

/** The fields by which rows may find records that are there already. */
export function keysOf(object: ObjectType): { value: string; label: string }[] {
  const unique = object.fields.filter((field) => field.unique && !field.retired);
  const keys = unique.map((field) => ({ value: field.name, label: field.label }));
  if (!keys.some((key) => key.value === "name") && object.fields.some((field) => field.name === "name")) keys.push({ value: "name", label: t("by_name") });
  return [...keys, { value: "id", label: t("kith_id") }];
}
