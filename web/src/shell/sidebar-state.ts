import { useSyncExternalStore } from "react";

const KEY = "kith.sidebar";
const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return localStorage.getItem(KEY) !== "hidden";
  } catch {
    return true;
  }
}

let shown = read();

export function toggleSidebar(): void {
  shown = !shown;
  try {
    localStorage.setItem(KEY, shown ? "shown" : "hidden");
  } catch {
    // Without storage it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSidebar(): boolean {
  return useSyncExternalStore(subscribe, () => shown);
}
