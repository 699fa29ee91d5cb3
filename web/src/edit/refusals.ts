import { useSyncExternalStore } from "react";
import type { KithRecord } from "@/api";

/** Why a field's change did not happen. */
export type Refusal =
  | { kind: "refused"; message: string; value: unknown }
  /** Somebody else changed the field meanwhile. */
  | { kind: "conflict"; mine: unknown; theirs: unknown; current: KithRecord };

export interface FieldKey {
  record: string;
  field: string;
}

let refusals: ReadonlyMap<string, Refusal> = new Map();
const listeners = new Set<() => void>();

function nameOf({ record, field }: FieldKey): string {
  return `${record} ${field}`;
}

export function setRefusal(key: FieldKey, refusal: Refusal | null): void {
  const name = nameOf(key);
  if (refusal === null && !refusals.has(name)) return;
  const next = new Map(refusals);
  if (refusal === null) next.delete(name);
  else next.set(name, refusal);
  refusals = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What stands in the way of a field's last change. */
export function useRefusal(key: FieldKey): Refusal | undefined {
  return useSyncExternalStore(subscribe, () => refusals.get(nameOf(key)));
}

/** Looks refusals up, for tables; null while there are none. */
export function useRefusals(): ((key: FieldKey) => Refusal | undefined) | null {
  const current = useSyncExternalStore(subscribe, () => refusals);
  return current.size === 0 ? null : (key) => current.get(nameOf(key));
}
