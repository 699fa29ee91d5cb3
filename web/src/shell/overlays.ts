import { useSyncExternalStore } from "react";
import type { KithRecord } from "@/api";

export interface QuickCreateRequest {
  /** Singular or plural name. */
  object: string;
  /** Values to begin with, such as the company of a new deal. */
  values?: Record<string, unknown> | undefined;
  /** Called with the new record. Without it the person is offered to open it. */
  onCreated?: ((record: KithRecord) => void) | undefined;
}

interface Overlays {
  palette: boolean;
  shortcuts: boolean;
  create: QuickCreateRequest | null;
}

let state: Overlays = { palette: false, shortcuts: false, create: null };
const listeners = new Set<() => void>();

function set(next: Partial<Overlays>) {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useOverlays(): Overlays {
  return useSyncExternalStore(subscribe, () => state);
}

export function showPalette(open: boolean): void {
  set({ palette: open });
}

export function showShortcuts(open: boolean): void {
  set({ shortcuts: open });
}

/** Opens the form for a new record, from anywhere. */
export function openQuickCreate(request: QuickCreateRequest): void {
  set({ create: request });
}

export function closeQuickCreate(): void {
  set({ create: null });
}
