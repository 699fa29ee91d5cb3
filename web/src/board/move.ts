import { asProblem, getRecord, keys, type KithRecord, patchRecord, queryClient } from "@/api";
import { type Field, fieldOf, fullSelection, type ObjectType, recordName } from "@/catalog";
import { toastUndo } from "@/commands";
import { announce, toast } from "@/ui";
import type { BoardGroup } from "./groups";
import { groupValue } from "./groups";
import { t } from "./texts";

/** The field that keeps why a deal was won or lost. */
export function reasonField(object: ObjectType, group: BoardGroup): Field | undefined {
  if (group.kind === undefined || group.kind === "open") return undefined;
  const field = fieldOf(object, group.kind === "won" ? "won_reason" : "lost_reason");
  return field === undefined || field.retired ? undefined : field;
}

export interface Move {
  object: ObjectType;
  field: Field;
  record: KithRecord;
  to: BoardGroup;
  reason?: { field: Field; text: string } | undefined;
}

/** Puts a record in another column, on the server. False where it was refused, which is told. */
export async function moveRecord(move: Move, label: (value: string | null) => string): Promise<boolean> {
  const { object, field, record, to, reason } = move;
  const name = recordName(record, t("untitled"));
  const from = groupValue(field, record);
  const before = reason === undefined ? {} : { [reason.field.name]: record[reason.field.name] ?? null };
  try {
    const data = { [field.name]: to.value, ...(reason ? { [reason.field.name]: reason.text } : {}) };
    await write(object, field, record, data, from);
    announce(t("moved", { name, column: to.label }));
    toastUndo(t("moved", { name, column: to.label }), async () => {
      const current = await getRecord(object.plural, record.id);
      await patchRecord(object.plural, record.id, { [field.name]: from, ...before }, current.version);
      await settle(object);
      announce(t("moved", { name, column: label(from) }));
    });
    return true;
  } catch (error) {
    const problem = asProblem(error);
    toast({ title: t("not_moved", { name }), text: problem.field(field.name) ?? problem.detail, kind: "error" });
    return false;
  } finally {
    await settle(object);
  }
}

/** Writes against the version that was seen; if only other fields changed since, against the newest. */
async function write(object: ObjectType, field: Field, record: KithRecord, data: Record<string, unknown>, from: string | null): Promise<void> {
  try {
    await patchRecord(object.plural, record.id, data, record.version);
  } catch (error) {
    if (asProblem(error).code !== "version_mismatch") throw error;
    const current = await getRecord(object.plural, record.id, { fields: fullSelection(object) });
    if (groupValue(field, current) !== from) throw new Error(t("changed_meanwhile"), { cause: error });
    await patchRecord(object.plural, record.id, data, current.version);
  }
}

/** Has the board's columns and totals ask again, and waits until they did. */
async function settle(object: ObjectType): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: keys.object(object.plural) });
}
