import { useCallback, useMemo } from "react";
import { type ApiProblem, asProblem, getRecord, type KithRecord, patchRecord, refreshObject } from "@/api";
import { type Field, fullSelection, type ObjectType, recordName } from "@/catalog";
import { dropUndo, pushUndo } from "@/commands";
import { announce } from "@/ui";
import { displayText, inputOf, sameValue } from "@/values";
import { lacksNames, mergeAnswer } from "./answer";
import { patchCached, refreshTotals } from "./cache";
import { setRefusal } from "./refusals";
import { t } from "./texts";
import { waitWith } from "./waiting";

export interface RecordEdit {
  /**
   * Changes a field: at once in what is shown, then on the server. A refusal takes it back and
   * stands at the field (`useRefusal`); where somebody else was faster, both values do.
   */
  edit: (record: KithRecord, field: Field, value: unknown) => Promise<boolean>;
}

/** Edits fields of an object's records, in a table, on a board or on the record's page. */
export function useRecordEdit(object: ObjectType): RecordEdit {
  const edit = useCallback((record: KithRecord, field: Field, value: unknown) => editField(object, record, field, value), [object]);
  return useMemo(() => ({ edit }), [edit]);
}

/** As `useRecordEdit().edit`, outside of components. */
export async function editField(object: ObjectType, record: KithRecord, field: Field, value: unknown): Promise<boolean> {
  const before = record[field.name];
  if (sameValue(field, before, value)) return true;
  const writing = write(object, record, field, value, before).then((outcome) => outcome !== "refused");
  // Taken back at once if somebody is quick, but not before it is written.
  const entry = pushUndo(t("changed", { field: field.label, value: displayText(field, value) || t("empty") }), async () => {
    if (!(await writing)) return;
    const current = await getRecord(object.plural, record.id, { fields: fullSelection(object) });
    if ((await write(object, current, field, before, current[field.name])) === "refused") throw new Error(t("undo_refused"));
  });
  const written = await writing;
  if (!written) dropUndo(entry);
  return written;
}

/** What became of a change: `waiting` for a server that can't be reached now. */
type Outcome = "saved" | "refused" | "waiting";

export async function write(object: ObjectType, record: KithRecord, field: Field, value: unknown, before: unknown, { isReplay = false } = {}): Promise<Outcome> {
  const { plural } = object;
  const key = { record: record.id, field: field.name };
  setRefusal(key, null);
  patchCached(plural, record.id, (cached) => ({ ...cached, [field.name]: value }));
  try {
    const answer = await patchRecord(plural, record.id, { [field.name]: inputOf(field, value) }, record.version);
    patchCached(plural, record.id, (cached) => mergeAnswer(cached, answer));
    if (lacksNames(answer, record)) void complete(object, record.id);
    refreshTotals(plural);
    return "saved";
  } catch (error) {
    const problem = asProblem(error);
    if (isUnreachable(problem)) {
      const waits = isReplay || waitWith({ object: plural, record: record.id, name: recordName(record, object.label), field: field.name, value, before, version: record.version });
      if (waits) {
        if (!isReplay) announce(t("waits"));
        return "waiting";
      }
    }
    patchCached(plural, record.id, (cached) => ({ ...cached, [field.name]: before }));
    if (problem.code === "version_mismatch") return await settle(object, record, field, value, before);
    const message = problem.field(field.name) ?? problem.detail;
    setRefusal(key, { kind: "refused", message, value });
    announce(message);
    if (problem.code === "not_found") void refreshObject(plural);
    return "refused";
  }
}

/** Somebody else was faster. Where they changed other fields there is nothing to decide. */
async function settle(object: ObjectType, record: KithRecord, field: Field, value: unknown, before: unknown): Promise<Outcome> {
  const { plural } = object;
  try {
    const current = await getRecord(plural, record.id, { fields: fullSelection(object) });
    const theirs = current[field.name];
    patchCached(plural, record.id, (cached) => mergeShown(cached, current));
    if (sameValue(field, theirs, before) || sameValue(field, theirs, value)) return await write(object, current, field, value, theirs);
    setRefusal({ record: record.id, field: field.name }, { kind: "conflict", mine: value, theirs, current });
    announce(t("conflict"));
  } catch (error) {
    setRefusal({ record: record.id, field: field.name }, { kind: "refused", message: asProblem(error).detail, value });
  }
  return "refused";
}

/** Whether the server, or what stands before it, isn't there. */
function isUnreachable({ code, status }: ApiProblem): boolean {
  return code === "offline" || (code === "unreadable" && status >= 502 && status <= 504);
}

async function complete(object: ObjectType, id: string): Promise<void> {
  const current = await getRecord(object.plural, id, { fields: fullSelection(object) });
  patchCached(object.plural, id, (cached) => mergeShown(cached, current));
}

/** The members that are shown, as they are now. */
function mergeShown(cached: KithRecord, current: KithRecord): KithRecord {
  const merged: KithRecord = { ...cached };
  for (const name of Object.keys(cached)) {
    if (!(name in current)) continue;
    const [old, fresh] = [cached[name], current[name]];
    // What is shown of related records stays while they are the same ones.
    const same = typeof old === "object" && old !== null && "id" in old && typeof fresh === "object" && fresh !== null && "id" in fresh && old.id === fresh.id;
    merged[name] = same ? { ...old, ...fresh } : fresh;
  }
  return merged;
}
