import { asProblem, deleteRecord, keys, type KithRecord, queryClient, refreshObject, restoreRecord } from "@/api";
import { editableFields, type ObjectType, recordName } from "@/catalog";
import { forgetRecord, toastUndo } from "@/commands";
import { openQuickCreate } from "@/shell";
import { toast } from "@/ui";
import { isEmpty } from "@/values";
import { t } from "./texts";

/** Opens the form for a copy: everything but what only one record may have. */
export function duplicateRecord(object: ObjectType, record: KithRecord): void {
  const values: Record<string, unknown> = {};
  for (const field of editableFields(object)) {
    const value = record[field.name];
    if (field.unique || field.name === "external_id" || isEmpty(value)) continue;
    values[field.name] = field.name === "name" ? t("copy_name", { name: String(value) }) : value;
  }
  openQuickCreate({ object: object.name, values });
}

/** Moves a record to the recycle bin, with a way back. */
export async function removeRecord(object: ObjectType, record: KithRecord, onRestored: () => void): Promise<boolean> {
  const name = recordName(record, t("untitled"));
  try {
    await deleteRecord(object.plural, record.id, record.version);
    forgetRecord(record.id);
    // Lists ask again; the page that is just being left must not.
    void queryClient.invalidateQueries({ queryKey: keys.object(object.plural), predicate: ({ queryKey }) => queryKey[3] !== record.id });
    toastUndo(t("deleted", { name }), async () => {
      await restoreRecord(object.plural, record.id);
      await refreshObject(object.plural);
      onRestored();
    });
    return true;
  } catch (error) {
    toast({ title: t("delete_failed", { name }), text: asProblem(error).detail, kind: "error" });
    return false;
  }
}

export function copyText(text: string, done: string): void {
  const failed = () => toast({ title: t("copy_failed"), text, kind: "error" });
  // Without https there is no clipboard.
  if (!("clipboard" in navigator)) failed();
  else navigator.clipboard.writeText(text).then(() => toast({ title: done }), failed);
}
