import type { Looking, StreamBlock, StreamState } from "./events";

/** What tabs of one browser tell each other. */
export type Message =
  /** Of the tab that holds the stream: what came, and where the stream stands after it. */
  | { kind: "blocks"; blocks: StreamBlock[]; last: string | null }
  | { kind: "state"; state: StreamState; stream: string | null; last: string | null }
  /** Of a tab that just opened. */
  | { kind: "ask" }
  | { kind: "looking"; tab: string; records: Looking[] };

/** A way to the other tabs of the same browser, session and person. */
export interface Tabs {
  send: (message: Message) => void;
  close: () => void;
}

export function joinTabs(name: string, onMessage: (message: Message) => void): Tabs {
  if (typeof BroadcastChannel === "undefined") return { send: () => {}, close: () => {} };
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => onMessage(data));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has but one origin
  return { send: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** How long a tab waits for a word of the one that leads before it takes over. */
export const PATIENCE = 60_000;

/**
 * Runs `lead` in one tab of the browser at a time; when that tab is closed or hangs, in another. Where
 * there are no locks, as over plain HTTP, every tab leads for itself.
 */
export function elect(name: string, lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): { take: () => void } {
  if (navigator.locks === undefined) {
    void lead(signal);
    return { take: () => {} };
  }
  const queue = (steal: boolean) => {
    if (signal.aborted) return;
    const mine = new AbortController();
    const stop = () => mine.abort();
    signal.addEventListener("abort", stop);
    // A lock can be stolen or waited for, but not stolen with a way to give up.
    const options: LockOptions = steal ? { steal: true } : { signal };
    navigator.locks
      .request(name, options, () => lead(mine.signal))
      .catch(() => {
        // Another tab took over: wait for the next turn.
        stop();
        setTimeout(() => queue(false), 1_000);
      })
      .finally(() => signal.removeEventListener("abort", stop));
  };
  queue(false);
  return { take: () => queue(true) };
}
