import { call, type Page, queryClient } from "@/api";

/** Where events of records are posted to. */
export interface Webhook {
  id: string;
  url: string;
  description: string;
  /** The plural name of the only object whose events are sent; null for all. */
  object: string | null;
  /** Anything where it is empty. */
  events: Verb[];
  filter: string | null;
  active: boolean;
  disabled_reason: "failing" | "gone" | "filter" | null;
  disabled_at: string | null;
  failing_since: string | null;
  former_secret_until: string | null;
  version: number;
  created_at: string;
}

export const VERBS = ["created", "updated", "deleted", "restored"] as const;
export type Verb = (typeof VERBS)[number];

/** A webhook with the secret that is shown once. */
export type WebhookWithSecret = Webhook & { secret?: string };

export type Draft = Pick<Webhook, "url" | "description" | "object" | "events" | "filter">;

export interface Attempt {
  at: string;
  duration_ms: number;
  status: number | null;
  /** The first kibibyte of the answer. */
  body: string;
  error: string | null;
}

export const STATES = ["waiting", "delivered", "failed"] as const;
export type DeliveryState = (typeof STATES)[number];

/** An event on its way to a webhook. */
export interface Delivery {
  id: string;
  event_id: string;
  type: string;
  subject_id: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string | null;
  log: Attempt[];
  created_at: string;
  finished_at: string | null;
  /** Only where one delivery is read. */
  payload?: string;
}

const KEY = ["webhooks"] as const;

export const webhooksQuery = {
  queryKey: KEY,
  queryFn: ({ signal }: { signal: AbortSignal }) => call<Page<Webhook>>("GET", "/webhooks", { signal }),
};

export const deliveriesKey = (id: string) => [...KEY, id, "deliveries"] as const;

export function listDeliveries(id: string, state: DeliveryState | null, cursor: string | null, signal: AbortSignal): Promise<Page<Delivery>> {
  return call("GET", `/webhooks/${id}/deliveries`, { query: { state, cursor, limit: 50 }, signal });
}

export function readDelivery(id: string, delivery: string, signal: AbortSignal): Promise<Delivery> {
  return call("GET", `/webhooks/${id}/deliveries/${delivery}`, { signal });
}

export function refreshWebhooks(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: KEY });
}

export function createWebhook(draft: Draft): Promise<WebhookWithSecret> {
  return call("POST", "/webhooks", { body: draft });
}

export function changeWebhook({ id, version }: Webhook, changes: Partial<Draft & { active: boolean }>): Promise<Webhook> {
  return call("PATCH", `/webhooks/${id}`, { body: changes, headers: { "If-Match": `"${version}"` } });
}

export function deleteWebhook({ id, version }: Webhook): Promise<void> {
  return call("DELETE", `/webhooks/${id}`, { headers: { "If-Match": `"${version}"` } });
}

export function rotateSecret({ id }: Webhook): Promise<WebhookWithSecret> {
  return call("POST", `/webhooks/${id}/rotate-secret`, { body: {} });
}

/** Posts an event at once; the delivery with what came back. */
export function testWebhook({ id }: Webhook): Promise<Delivery> {
  return call("POST", `/webhooks/${id}/test`, { body: {} });
}

export function redeliver(id: string, delivery: string): Promise<Delivery> {
  return call("POST", `/webhooks/${id}/deliveries/${delivery}/redeliver`, { body: {} });
}
