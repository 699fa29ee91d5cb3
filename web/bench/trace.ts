import type { Browser, Page } from "@playwright/test";

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  /** Microseconds by the clock. */
  dur?: number;
  /** Microseconds that the thread really ran. */
  tdur?: number;
  args?: { name?: string };
}

/** What a page's main thread did, in milliseconds of its own running time: other processes don't count. */
export interface MainThread {
  total: number;
  longest: number;
  tasks: number[];
}

/** Runs something, and tells what it cost the page's main thread. */
export async function traced(browser: Browser, page: Page, run: () => Promise<void>): Promise<MainThread> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });
  await run();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(trace.traceEvents.filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain").map((event) => `${event.pid}.${event.tid}`));
  const threads = new Map<string, number[]>();
  for (const event of trace.traceEvents) {
    const thread = `${event.pid}.${event.tid}`;
    if (event.ph !== "X" || event.name !== "RunTask" || !mains.has(thread)) continue;
    const tasks = threads.get(thread) ?? [];
    tasks.push((event.tdur ?? event.dur ?? 0) / 1000);
    threads.set(thread, tasks);
  }
  // The page's own thread is the one that had most to do.
  const tasks = [...threads.values()].toSorted((one, other) => sum(other) - sum(one))[0] ?? [];
  return { total: sum(tasks), longest: Math.max(0, ...tasks), tasks };
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** The value that so large a part of all values doesn't exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
