import { ApiProblem, openEventStream } from "@/api";
import type { StreamBlock } from "./events";
import { BlockReader } from "./sse";

/** The server beats every 15 seconds; a stream that is silent for this long is dead. */
const SILENCE = 40_000;
/** The waits between attempts, in milliseconds: doubled each time, up to the longest. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

export interface StreamOptions {
  /** The id of the last event that was seen. */
  last: () => string | null;
  onBlocks: (blocks: StreamBlock[]) => void;
  onLost: () => void;
  /** The session has ended. */
  onSignedOut: () => void;
}

/** Follows the stream until `signal` is aborted: comes back after every interruption. */
export async function followStream(options: StreamOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const outcome = await readOnce(options, signal, () => {
      failures = 0;
    });
    if (signal.aborted) return;
    options.onLost();
    if (outcome === "signed-out") return options.onSignedOut();
    await rest(waitFor(failures), signal);
    failures += 1;
  }
}

/** The wait before the next attempt: random, so that not all browsers come back at once. */
function waitFor(failures: number): number {
  const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
  return most / 2 + Math.random() * (most / 2);
}

async function readOnce({ last, onBlocks }: StreamOptions, signal: AbortSignal, onOpen: () => void): Promise<"lost" | "signed-out"> {
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  let watchdog = setTimeout(stop, SILENCE);
  let heard = performance.now();
  // A connection from before says nothing about the network of now.
  window.addEventListener("offline", stop);
  signal.addEventListener("abort", stop);
  const wake = () => {
    if (document.visibilityState === "visible" && performance.now() - heard > SILENCE) stop();
  };
  document.addEventListener("visibilitychange", wake);
  try {
    const stream = (await openEventStream(last(), attempt.signal)).pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    const reader = stream.getReader();
    const blocks = new BlockReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "lost";
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE);
      heard = performance.now();
      const found = blocks.push(value);
      if (found.length > 0) onOpen();
      onBlocks(found);
      const end = found.find(({ event }) => event === "end");
      if (end !== undefined) return isSignedOut(end.data) ? "signed-out" : "lost";
    }
  } catch (error) {
    return error instanceof ApiProblem && error.code === "unauthenticated" ? "signed-out" : "lost";
  } finally {
    clearTimeout(watchdog);
    attempt.abort();
    window.removeEventListener("offline", stop);
    signal.removeEventListener("abort", stop);
    document.removeEventListener("visibilitychange", wake);
  }
}

function isSignedOut(data: string): boolean {
  try {
    return (JSON.parse(data) as { code?: unknown }).code === "unauthenticated";
  } catch {
    return false;
  }
}

/** Waits; not on when the network comes back, or when somebody looks. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const look = () => document.visibilityState === "visible" && over();
    const timer = setTimeout(over, milliseconds);
    window.addEventListener("online", over);
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", over);
  });
}
