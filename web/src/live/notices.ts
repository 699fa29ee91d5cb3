import type { components } from "@/api";

export type Notification = components["schemas"]["Notification"];

/** What came for the person's inbox. */
export type Notice = { type: "notification.created"; notification: Notification } | { type: string; data: unknown };

const listeners = new Set<(notice: Notice) => void>();

/** Tells of new notifications, and of those that were read elsewhere. */
export function onNotice(listener: (notice: Notice) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function receiveNotification(notice: unknown): void {
  for (const listener of listeners) listener(notice as Notice);
}
