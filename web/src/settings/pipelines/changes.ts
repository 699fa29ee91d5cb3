import { asProblem, batch, deleteRecord, patchRecord, queryClient, refreshObject, restoreRecord } from "@/api";
import { type Pipeline, pipelinesQuery, type Stage } from "@/catalog";
import { toastUndo } from "@/commands";
import { toast } from "@/ui";
import { t } from "../texts";

function refresh(): Promise<unknown> {
  return Promise.all([refreshObject("stages"), refreshObject("pipelines")]);
}

/** Does something to pipelines; says the server's sentence where it was refused. */
export async function run(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    toast({ title: asProblem(error).detail, kind: "error" });
    return false;
  } finally {
    await refresh();
  }
}

/** Puts a pipeline's stages into this order; shown at once, and taken back where it is refused. */
export function reorder(pipeline: Pipeline, stages: readonly Stage[]): Promise<boolean> {
  const ordered = stages.map((stage, place) => ({ ...stage, position: place + 1 }));
  queryClient.setQueryData(pipelinesQuery.queryKey, (known) => known?.map((one) => (one.id === pipeline.id ? { ...one, stages: ordered } : one)));
  const moved = ordered.filter((stage) => pipeline.stages.find((one) => one.id === stage.id)?.position !== stage.position);
  return run(() => batch(moved.map((stage) => ({ op: "update", object: "stages", id: stage.id, data: { position: stage.position } }))));
}

export function changeStage(stage: Stage, data: Record<string, unknown>): Promise<boolean> {
  return run(() => patchRecord("stages", stage.id, data));
}

export function addStage(pipeline: Pipeline): Promise<boolean> {
  // Before what is won and lost, where open stages stand.
  const open = pipeline.stages.filter((stage) => stage.kind === "open");
  const place = open.length;
  const later = pipeline.stages.slice(place);
  return run(() =>
    batch([
      ...later.map((stage, at) => ({ op: "update" as const, object: "stages", id: stage.id, data: { position: place + 2 + at } })),
      { op: "create", object: "stages", data: { pipeline: pipeline.id, name: t("new_stage"), position: place + 1, kind: "open", probability: open.at(-1)?.probability ?? 10 } },
    ]),
  );
}

/** A new pipeline has the stages that every one needs. */
export function createPipeline(name: string, position: number): Promise<boolean> {
  return run(() =>
    batch([
      { op: "create", object: "pipelines", ref: "new", data: { name, position } },
      { op: "create", object: "stages", data: { pipeline: { ref: "new" }, name: t("new_stage"), position: 1, probability: 10, kind: "open" } },
      { op: "create", object: "stages", data: { pipeline: { ref: "new" }, name: t("kind_won"), position: 2, probability: 100, kind: "won" } },
      { op: "create", object: "stages", data: { pipeline: { ref: "new" }, name: t("kind_lost"), position: 3, probability: 0, kind: "lost" } },
    ]),
  );
}

export function changePipeline(pipeline: Pipeline, data: Record<string, unknown>): Promise<boolean> {
  return run(() => patchRecord("pipelines", pipeline.id, data));
}

export async function remove(plural: "stages" | "pipelines", record: { id: string; name: string }): Promise<void> {
  if (!(await run(() => deleteRecord(plural, record.id)))) return;
  toastUndo(t("deleted", { name: record.name }), async () => {
    await restoreRecord(plural, record.id);
    await refresh();
  });
}

