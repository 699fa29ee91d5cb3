import { problemOf } from "./problem";
import { send } from "./send";

/**
 * Opens the stream of what happens. `last` is the id of the last event that was seen: what came
 * after it is told first.
 */
export async function openEventStream(last: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const headers = { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) };
  const response = await send(new Request(new URL("/api/v1/events/stream", location.origin), { headers, cache: "no-store", signal }));
  if (!response.ok || response.body === null) throw await problemOf(response);
  return response.body;
}
