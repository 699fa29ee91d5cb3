import type { KithRecord } from "@/api";
import type { RecordEvent } from "./events";

/** What became of a record in several events that came shortly after each other. */
export interface Merged {
  version: number;
  /** The record as it is now; null where it is gone for good. */
  data: KithRecord | null;
  at: string;
  /** All changes were made by this tab. */
  own: boolean;
  fields: ReadonlySet<string>;
  verbs: ReadonlySet<string>;
  /** The ids and words that fields changed from and to. */
  values: ReadonlySet<unknown>;
}

export function verbOf(event: RecordEvent): string {
  return event.type.slice(event.type.lastIndexOf(".") + 1);
}

/** An event on top of what is known already of its record. */
export function mergeEvent(known: Merged | undefined, event: RecordEvent, own: boolean): Merged {
  if (known !== undefined && known.version >= event.version) return known;
  const values = event.changes.flatMap(({ from, to }) => [from, to]);
  return {
    version: event.version,
    data: event.data,
    at: event.occurred_at,
    own: own && (known?.own ?? true),
    fields: new Set([...(known?.fields ?? []), ...event.changes.map(({ field }) => field)]),
    verbs: new Set([...(known?.verbs ?? []), verbOf(event)]),
    values: new Set([...(known?.values ?? []), ...values.map(plainOf)]),
  };
}

/** A linked record by its id. */
function plainOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "id" in value ? value.id : value;
}

/** Whether a list may have one more or one less by it, whatever the list shows. */
export function changesMembers({ verbs }: Merged): boolean {
  return verbs.has("created") || verbs.has("deleted") || verbs.has("restored");
}
