import type { KithRecord } from "@/api";

/** What became of a record. */
export interface RecordEvent {
  /** Such as `person.updated`. */
  type: string;
  id: string;
  occurred_at: string;
  /** `user`, `via`, and what it was part of. */
  actor: { user?: string | undefined; [member: string]: unknown };
  /** The plural name. */
  object: string;
  record_id: string;
  version: number;
  changes: FieldChange[];
  /** The record after it; null where it is gone for good. */
  data: KithRecord | null;
}

export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

export interface PresentUser {
  id: string;
  state: "viewing" | "editing";
}

/** Who looks at a record. */
export interface PresenceEvent {
  object: string;
  record_id: string;
  users: PresentUser[];
}

/** A block of the stream: an event, or only where the stream stands. */
export interface StreamBlock {
  id: string | null;
  event: string | null;
  data: string;
}

/** What a tab looks at. */
export interface Looking {
  object: string;
  record_id: string;
  state: "viewing" | "editing";
}

/** `waiting` until the first connection, then `live` or `lost`. */
export type StreamState = "waiting" | "live" | "lost";
