import { queryClient } from "@/api";
import { type Catalog, catalogQuery, fieldOf } from "@/catalog";
import { write } from "./use-record-edit";
import { dropWaiting, type WaitingEdit, waitingEdits } from "./waiting";

/** What became of changes that waited. */
export interface Replayed {
  saved: number;
  /** Those that did not happen: why stands at their fields. */
  refused: WaitingEdit[];
}

/** Sends what waits, oldest first, in one tab at a time; stops where the server is gone again. */
export async function replayEdits(): Promise<Replayed> {
  const replayed: Replayed = { saved: 0, refused: [] };
  if (waitingEdits().length === 0) return replayed;
  if (navigator.locks === undefined) await replay(replayed);
  else await navigator.locks.request("kith.replay", () => replay(replayed));
  return replayed;
}

async function replay(replayed: Replayed): Promise<void> {
  const catalog = queryClient.getQueryData<Catalog>(catalogQuery.queryKey);
  for (const edit of catalog === undefined ? [] : waitingEdits()) {
    const object = catalog?.object(edit.object);
    const field = object === undefined ? undefined : fieldOf(object, edit.field);
    if (object === undefined || field === undefined) {
      dropWaiting(edit.key);
      replayed.refused.push(edit);
      continue;
    }
    const record = { id: edit.record, version: edit.version, name: edit.name, created_at: "", updated_at: "", deleted_at: null, [field.name]: edit.before };
    const outcome = await write(object, record, field, edit.value, edit.before, { isReplay: true });
    if (outcome === "waiting") return;
    dropWaiting(edit.key);
    if (outcome === "saved") replayed.saved += 1;
    else replayed.refused.push(edit);
  }
}
