import { lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";

export interface ConfirmRequest {
  title: string;
  text: ReactNode;
  /** What the confirming button says: a verb. */
  action: string;
  danger?: boolean | undefined;
}

export interface Pending extends ConfirmRequest {
  resolve: (confirmed: boolean) => void;
}

let pending: Pending | null = null;
const listeners = new Set<() => void>();

function set(next: Pending | null) {
  pending = next;
  for (const listener of listeners) listener();
}

export function answer(confirmed: boolean) {
  pending?.resolve(confirmed);
  set(null);
}

/** Asks before something that can't be undone. For what can be undone, act and offer Undo instead. */
export function confirm(request: ConfirmRequest): Promise<boolean> {
  pending?.resolve(false);
  return new Promise((resolve) => set({ ...request, resolve }));
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const ConfirmDialog = lazy(() => import("./confirm-dialog").then((module) => ({ default: module.ConfirmDialog })));
let asked = false;

/** Shows what `confirm` asks. The shell renders it once. */
export function ConfirmOutlet() {
  const current = useSyncExternalStore(subscribe, () => pending);
  asked ||= current !== null;
  return asked ? (
    <Suspense>
      <ConfirmDialog current={current} />
    </Suspense>
  ) : null;
}
