import { useSyncExternalStore } from "react";
import type { StreamState } from "./events";

let state: StreamState = "waiting";
const listeners = new Set<() => void>();

export function setStreamState(next: StreamState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export function streamState(): StreamState {
  return state;
}

export function subscribeToState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether changes of others arrive at the moment. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(subscribeToState, streamState);
}
