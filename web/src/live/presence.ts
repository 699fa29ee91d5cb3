import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Looking, PresenceEvent, PresentUser } from "./events";

type Sender = (records: Looking[]) => void;

/** Who looks at the records that one looks at oneself. */
let present: ReadonlyMap<string, readonly PresentUser[]> = new Map();
const listeners = new Set<() => void>();

/** What the components of this tab look at. */
const looked = new Map<symbol, Looking>();
let sender: Sender | null = null;
let queued = false;

function keyOf(object: string, id: string): string {
  return `${object} ${id}`;
}

function changed(next: ReadonlyMap<string, readonly PresentUser[]>): void {
  present = next;
  for (const listener of listeners) listener();
}

export function receivePresence({ object, record_id: id, users }: PresenceEvent): void {
  changed(new Map(present).set(keyOf(object, id), users));
}

export function clearPresence(): void {
  if (present.size > 0) changed(new Map());
}

/** Who tells the others what is looked at. */
export function setLookingSender(next: Sender | null): void {
  sender = next;
  tell();
}

function tell(): void {
  if (queued) return;
  queued = true;
  // Going from one record to the next is told once.
  setTimeout(() => {
    queued = false;
    sender?.(document.visibilityState === "visible" ? [...looked.values()] : []);
  }, 50);
}

/** Says that this record is looked at while the component is shown; and edited, while something of it is. */
export function useLooking(object: string, id: string): void {
  const editing = useEditing();
  useEffect(() => {
    const key = Symbol(id);
    looked.set(key, { object, record_id: id, state: editing ? "editing" : "viewing" });
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => {
      document.removeEventListener("visibilitychange", tell);
      looked.delete(key);
      tell();
    };
  }, [object, id, editing]);
}

/** Whether the focus is where one types. */
function useEditing(): boolean {
  const [editing, setEditing] = useState(false);
  useEffect(() => {
    const look = () => setEditing(document.activeElement?.closest("main")?.contains(document.activeElement) === true && document.activeElement.matches('input:not([type="checkbox"]), textarea, [contenteditable="true"]'));
    const later = () => setTimeout(look, 0);
    document.addEventListener("focusin", look);
    document.addEventListener("focusout", later);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("focusout", later);
    };
  }, []);
  return editing;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The others who look at a record. */
export function useOthers(object: string, id: string, own: string): readonly PresentUser[] {
  const users = useSyncExternalStore(subscribe, () => present.get(keyOf(object, id)));
  return useMemo(() => (users ?? []).filter((user) => user.id !== own), [users, own]);
}
