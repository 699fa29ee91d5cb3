import { useSyncExternalStore } from "react";
import { queryClient, sessionQuery } from "@/api";

/** A change that could not reach the server yet. */
export interface WaitingEdit {
  key: string;
  /** The plural name. */
  object: string;
  record: string;
  /** What the record is called, for messages about it. */
  name: string;
  field: string;
  value: unknown;
  before: unknown;
  /** The version that one saw. */
  version: number;
}

/** How many changes are kept at most. */
const MOST = 200;
const NONE: readonly WaitingEdit[] = [];

let known: { user: string; edits: readonly WaitingEdit[] } | null = null;
const listeners = new Set<() => void>();

// Tabs share what waits.
globalThis.addEventListener?.("storage", ({ key }) => {
  if (key?.startsWith("kith.waiting.") !== true) return;
  known = null;
  for (const listener of listeners) listener();
});

function place(user: string): string {
  return `kith.waiting.${user}`;
}

function currentUser(): string | undefined {
  return queryClient.getQueryData(sessionQuery.queryKey)?.user.id;
}

/** What waits of the person who is signed in, oldest first. */
export function waitingEdits(): readonly WaitingEdit[] {
  const user = currentUser();
  if (user === undefined) return NONE;
  if (known?.user !== user) known = { user, edits: read(user) };
  return known.edits;
}

function read(user: string): readonly WaitingEdit[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(place(user)) ?? "[]");
    return Array.isArray(stored) && stored.length > 0 ? (stored as WaitingEdit[]) : NONE;
  } catch {
    return NONE;
  }
}

function keep(user: string, edits: readonly WaitingEdit[]): boolean {
  try {
    if (edits.length === 0) localStorage.removeItem(place(user));
    else localStorage.setItem(place(user), JSON.stringify(edits));
  } catch {
    return false;
  }
  known = { user, edits };
  for (const listener of listeners) listener();
  return true;
}

/** Keeps a change until the server is there again; false where there is no room for it. */
export function waitWith(edit: Omit<WaitingEdit, "key">): boolean {
  const user = currentUser();
  if (user === undefined) return false;
  const edits = waitingEdits();
  const at = edits.findIndex((one) => one.record === edit.record && one.field === edit.field);
  const earlier = edits[at];
  // Changed once more before it was sent: it is still a change of what was there first.
  if (earlier !== undefined) return keep(user, edits.with(at, { ...earlier, value: edit.value }));
  return edits.length < MOST && keep(user, [...edits, { ...edit, key: crypto.randomUUID() }]);
}

/** Forgets a change that was sent, or refused. */
export function dropWaiting(key: string): void {
  const user = currentUser();
  if (user !== undefined) keep(user, waitingEdits().filter((one) => one.key !== key));
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useWaitingEdits(): readonly WaitingEdit[] {
  return useSyncExternalStore(subscribe, waitingEdits);
}

/** Whether a field's change waits for the server. */
export function useIsWaiting(record: string, field: string): boolean {
  return useSyncExternalStore(subscribe, () => waitingEdits().some((one) => one.record === record && one.field === field));
}
