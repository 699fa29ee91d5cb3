import { useSyncExternalStore } from "react";
import { asProblem } from "@/api";
import type { Catalog } from "@/catalog";
import { toastUndo } from "@/commands";
import { formatNumber } from "@/format";
import { announce, toast } from "@/ui";
import { type Bulk, type BulkRequest, cancelBulk, follow, startBulk, undoBulk } from "./bulk";
import { t } from "./texts";

let jobs: readonly Bulk[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Bulk[]) {
  jobs = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Bulk changes that are under way, also after one went to another page. */
export function useJobs(): readonly Bulk[] {
  return useSyncExternalStore(subscribe, () => jobs);
}

function update(bulk: Bulk): void {
  set(jobs.some((one) => one.id === bulk.id) ? jobs.map((one) => (one.id === bulk.id ? bulk : one)) : [...jobs, bulk]);
}

async function watch(bulk: Bulk): Promise<Bulk> {
  update(bulk);
  try {
    return await follow(bulk, update);
  } finally {
    set(jobs.filter((one) => one.id !== bulk.id));
  }
}

/** Starts a bulk change, shows how far it is, and offers to take it back. True where it began. */
export async function runBulk(catalog: Catalog, request: BulkRequest): Promise<boolean> {
  let started: Bulk;
  try {
    started = await startBulk(request);
  } catch (error) {
    toast({ title: t("not_started"), text: asProblem(error).detail, kind: "error" });
    return false;
  }
  void finish(catalog, started);
  return true;
}

async function finish(catalog: Catalog, started: Bulk): Promise<void> {
  try {
    const over = await watch(started);
    tell(catalog, over);
  } catch (error) {
    toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
  }
}

function tell(catalog: Catalog, bulk: Bulk): void {
  const object = catalog.object(bulk.object);
  const words = { count: bulk.changed, n: formatNumber(bulk.changed), object: object?.label.toLowerCase() ?? bulk.object, objects: object?.label_plural.toLowerCase() ?? bulk.object };
  const title = bulk.state === "cancelled" ? t("stopped", { n: words.n }) : t(`done_${bulk.action}`, words);
  announce(title);
  if (bulk.state === "failed") toast({ title: t("failed"), text: bulk.error ?? "", kind: "error" });
  const reason = bulk.refused[0]?.reason;
  if (reason !== undefined) toast({ title: t("refused", { count: bulk.refused_count, n: formatNumber(bulk.refused_count), reason }), kind: "error" });
  if (!bulk.can_undo || bulk.changed === 0) {
    if (reason === undefined && bulk.state !== "failed") toast({ title, kind: "success" });
    return;
  }
  toastUndo(title, async () => {
    const undone = await watch(await undoBulk(bulk.id));
    const left = undone.undo?.left_count ?? 0;
    if (left > 0) toast({ title: t("left", { count: left, n: formatNumber(left) }) });
  });
}

export async function stopJob(bulk: Bulk): Promise<void> {
  try {
    update(await cancelBulk(bulk.id));
  } catch (error) {
    toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
  }
}
