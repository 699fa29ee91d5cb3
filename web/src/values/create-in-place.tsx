import { Plus } from "lucide-react";
import { asProblem, createRecord, deleteRecord, refreshObject } from "@/api";
import { editableFields, type Field, fieldOf, isEditable, type ObjectType, requiredFields } from "@/catalog";
import { toastUndo } from "@/commands";
import { type ComboboxItem, toast } from "@/ui";
import type { Linked } from "./shapes";
import { t } from "./texts";

/** An item of a list of records that makes a new one of what was typed. */
interface CreateItem extends ComboboxItem {
  create: { object: ObjectType; name: string };
}

export function isCreateItem(item: ComboboxItem): item is CreateItem {
  return "create" in item;
}

/** Offers to create what was typed, where a name is all that such a record needs. */
export function createItem(targets: readonly ObjectType[], typed: string, found: readonly Linked[]): CreateItem[] {
  const name = typed.trim();
  const object = targets.length === 1 ? targets[0] : undefined;
  if (object === undefined || name === "" || named(object, name) === null) return [];
  if (found.some((one) => one.name?.toLowerCase() === name.toLowerCase())) return [];
  return [{ value: `create ${name}`, label: t("create_named", { object: object.label.toLowerCase(), name }), icon: <Plus size={14} className="text-faint" />, create: { object, name } }];
}

/** Creates the record, with a way back. Null where the server refuses it. */
export async function createNamed({ create: { object, name } }: CreateItem): Promise<Linked | null> {
  try {
    const record = await createRecord(object.plural, named(object, name) ?? {});
    const made = typeof record.name === "string" ? record.name : name;
    void refreshObject(object.plural);
    toastUndo(t("created_named", { name: made }), async () => {
      await deleteRecord(object.plural, record.id);
      await refreshObject(object.plural);
    });
    return { id: record.id, name: made, object: object.name };
  } catch (error) {
    toast({ title: t("not_created", { name }), text: asProblem(error).detail, kind: "error" });
    return null;
  }
}

/** What a record with this name is created from; null where a name is not enough. */
function named(object: ObjectType, name: string): Record<string, unknown> | null {
  const given = nameFields(object, name);
  return given !== null && requiredFields(object).every((field) => field.name in given) ? given : null;
}

function nameFields(object: ObjectType, name: string): Record<string, string> | null {
  const field = fieldOf(object, "name");
  if (field !== undefined && isEditable(field)) return { name };
  const names = new Set(editableFields(object).map((one: Field) => one.name));
  if (!names.has("first_name") || !names.has("last_name")) return null;
  const words = name.split(/\s+/);
  const last = words.length > 1 ? words.pop() : undefined;
  return { first_name: words.join(" "), ...(last === undefined ? {} : { last_name: last }) };
}
