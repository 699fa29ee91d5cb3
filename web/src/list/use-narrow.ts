import { useSyncExternalStore } from "react";

const query = () => globalThis.matchMedia("(max-width: 640px)");

function subscribe(listener: () => void) {
  const media = query();
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

/** Whether the screen is a phone's. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query().matches);
}
