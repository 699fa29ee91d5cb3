import { lazy, Suspense, useSyncExternalStore } from "react";

export interface ToastRequest {
  title: string;
  text?: string | undefined;
  kind?: "plain" | "error" | "success" | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** How long it stays; 0 until it is dismissed. */
  milliseconds?: number | undefined;
}

const load = () => import("./toaster");
const Toaster = lazy(() => load().then((module) => ({ default: module.Toaster })));

let wanted = false;
const listeners = new Set<() => void>();

/** Tells what happened. Returns a function that takes the toast away. */
export function toast(request: ToastRequest): () => void {
  wanted = true;
  for (const listener of listeners) listener();
  const shown = load().then((module) => module.showToast(request));
  return () => void shown.then((close) => close());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear, once there is one. The shell renders it once. */
export function ToastOutlet() {
  const shown = useSyncExternalStore(subscribe, () => wanted);
  return shown ? (
    <Suspense>
      <Toaster />
    </Suspense>
  ) : null;
}
