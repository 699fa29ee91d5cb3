import { asProblem, getRecord, type KithRecord, patchRecord, refreshObject } from "@/api";
import { type Field, fullSelection, type ObjectType, type Stage } from "@/catalog";
import { toastUndo } from "@/commands";
import { patchCached } from "@/edit";
import { toast } from "@/ui";
import { inputOf } from "@/values";
import { t } from "./texts";

/** Moves a record to a stage, at once in what is shown. A reason goes into its field, in one change. */
export async function moveStage(object: ObjectType, record: KithRecord, field: Field, stage: Stage, reason?: { field: Field; text: string }): Promise<void> {
  const fields = reason === undefined ? [field] : [field, reason.field];
  const before = Object.fromEntries(fields.map((one) => [one.name, record[one.name]]));
  const after: Record<string, unknown> = { [field.name]: { id: stage.id, name: stage.name } };
  if (reason !== undefined) after[reason.field.name] = reason.text.trim() === "" ? null : reason.text.trim();
  patchCached(object.plural, record.id, (cached) => ({ ...cached, ...after }));
  const input = (values: Record<string, unknown>) => Object.fromEntries(fields.map((one) => [one.name, inputOf(one, values[one.name]) ?? null]));
  try {
    await patchRecord(object.plural, record.id, input(after), record.version);
    toastUndo(t("moved", { stage: stage.name }), async () => {
      const current = await getRecord(object.plural, record.id, { fields: fullSelection(object) });
      await patchRecord(object.plural, record.id, input(before), current.version);
      await refreshObject(object.plural);
    });
  } catch (error) {
    patchCached(object.plural, record.id, (cached) => ({ ...cached, ...before }));
    const problem = asProblem(error);
    toast({ title: problem.field(field.name) ?? problem.detail, kind: "error" });
  }
  await refreshObject(object.plural);
}
