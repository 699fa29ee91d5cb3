import { useSyncExternalStore } from "react";

/** A record that this person opened. */
export interface RecentRecord {
  /** Singular name. */
  object: string;
  id: string;
  name: string;
}

const LIMIT = 30;
let owner = "";
let records: readonly RecentRecord[] = [];
const listeners = new Set<() => void>();

function storageKey() {
  return `kith.recent.${owner}`;
}

/** Reads what this user opened in this browser. */
export function loadRecent(userId: string): void {
  owner = userId;
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey()) ?? "[]");
    records = Array.isArray(stored) ? stored.filter(isRecent) : [];
  } catch {
    records = [];
  }
  for (const listener of listeners) listener();
}

function isRecent(item: unknown): item is RecentRecord {
  return typeof item === "object" && item !== null && "object" in item && "id" in item && "name" in item && typeof item.name === "string";
}

/** Puts a record first among those opened lately. Record pages and peeks call it. */
export function rememberRecord(record: RecentRecord): void {
  const first = records[0];
  if (first?.id === record.id && first.name === record.name) return;
  set([record, ...records.filter((one) => one.id !== record.id)].slice(0, LIMIT));
}

/** Drops a record that is gone. */
export function forgetRecord(id: string): void {
  if (records.some((one) => one.id === id)) set(records.filter((one) => one.id !== id));
}

function set(next: readonly RecentRecord[]) {
  records = next;
  try {
    localStorage.setItem(storageKey(), JSON.stringify(records));
  } catch {
    // Without storage the list lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The records opened lately, the last one first. */
export function useRecentRecords(): readonly RecentRecord[] {
  return useSyncExternalStore(subscribe, () => records);
}
