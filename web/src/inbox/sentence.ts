import type { User } from "@/api";
import { formatCount, formatRelative } from "@/format";
import { t } from "./texts";
import type { Notification } from "./unread";

/** Where a notification leads. */
export type Target = { to: "/objects/$object/$id"; params: { object: string; id: string } } | { to: "/import/$id"; params: { id: string } } | { to: "/settings/$section"; params: { section: string } };

export interface Told {
  title: string;
  /** A line more: what was written, or what came of it. */
  text: string | null;
  target: Target | null;
}

/** A notification as a sentence, with where it leads. `pluralOf` knows objects by either name. */
export function sentenceOf({ kind, data }: Notification, users: readonly Pick<User, "id" | "name">[], pluralOf: (object: string) => string | undefined): Told {
  const who = users.find((user) => user.id === data.actor)?.name ?? t("somebody");
  const what = text(data.name) ?? text(data.file_name) ?? t("something");
  switch (kind) {
    case "mention":
      return { title: t("mention", { who, what: data.object === "notes" ? t("a_note") : what }), text: text(data.excerpt), target: aboutOf(data, pluralOf) ?? recordOf(data) };
    case "assigned":
      return { title: t("assigned", { who, what }), text: null, target: recordOf(data) };
    case "reminder": {
      const due = text(data.due_at);
      return { title: due === null ? t("reminder", { what }) : t("reminder_at", { what, when: formatRelative(due) }), text: null, target: recordOf(data) };
    }
    case "import_ended": {
      const id = text(data.import_id);
      const state = data.state === "completed" || data.state === "failed" || data.state === "cancelled" ? (`import_${data.state}` as const) : "import_ended";
      return { title: t(state, { what }), text: countsOf(data.counts), target: id === null ? null : { to: "/import/$id", params: { id } } };
    }
    case "webhook_disabled":
      return { title: t("webhook_disabled", { what: text(data.name) ?? text(data.url) ?? "" }), text: reasonOf(data.reason), target: { to: "/settings/$section", params: { section: "webhooks" } } };
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function recordOf(data: Notification["data"]): Target | null {
  const [object, id] = [text(data.object), text(data.record_id)];
  return object === null || id === null ? null : { to: "/objects/$object/$id", params: { object, id } };
}

interface About {
  object?: unknown;
  id?: unknown;
}

/** A note is read where it belongs: beside everything else about its record. */
function aboutOf({ about }: Notification["data"], pluralOf: (object: string) => string | undefined): Target | null {
  if (typeof about !== "object" || about === null) return null;
  const { object, id } = about as About;
  const plural = typeof object === "string" ? pluralOf(object) : undefined;
  return plural === undefined || typeof id !== "string" ? null : { to: "/objects/$object/$id", params: { object: plural, id } };
}

/** Why the server switched a webhook off. */
function reasonOf(reason: unknown): string | null {
  return reason === "failing" || reason === "gone" || reason === "filter" ? t(`webhook_${reason}`) : null;
}

function countsOf(counts: unknown): string | null {
  if (typeof counts !== "object" || counts === null) return null;
  const of = (name: string) => {
    const value: unknown = Reflect.get(counts, name);
    return formatCount({ value: typeof value === "number" ? value : 0, exact: true });
  };
  return t("counts", { created: of("created"), updated: of("updated"), rejected: of("rejected") });
}
