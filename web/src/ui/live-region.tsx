import { useSyncExternalStore } from "react";

let message = "";
const listeners = new Set<() => void>();

/** Has screen readers say something that is only seen otherwise. */
export function announce(text: string): void {
  // The same text twice would not be read again.
  message = text === message ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where announcements stand. The shell renders it once. */
export function LiveRegion() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
