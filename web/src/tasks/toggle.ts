import { asProblem, getRecord, type KithRecord, patchRecord, refreshObject } from "@/api";
import { recordName } from "@/catalog";
import { toastUndo } from "@/commands";
import { patchCached } from "@/edit";
import { toast } from "@/ui";
import { t } from "./texts";

/** What a list of tasks asks for. */
export const TASK_FIELDS = "name,done,done_at,due_at,priority,kind,assignee(name),about(name),version,created_at,updated_at,deleted_at";

/** Ticks a task off, or opens it again: at once, with a way back. */
export async function toggleTask(task: KithRecord, done: boolean): Promise<void> {
  const name = recordName(task, t("untitled"));
  patchCached("tasks", task.id, (cached) => ({ ...cached, done }));
  try {
    const answer = await patchRecord("tasks", task.id, { done }, task.version);
    patchCached("tasks", task.id, (cached) => ({ ...cached, done: answer.done, done_at: answer.done_at, version: answer.version }));
    toastUndo(done ? t("done", { name }) : t("reopened", { name }), async () => {
      const current = await getRecord("tasks", task.id);
      await patchRecord("tasks", task.id, { done: !done }, current.version);
      await refreshObject("tasks");
    });
  } catch (error) {
    patchCached("tasks", task.id, (cached) => ({ ...cached, done: !done }));
    toast({ title: t("not_changed"), text: asProblem(error).detail, kind: "error" });
  }
  await refreshObject("tasks");
}
