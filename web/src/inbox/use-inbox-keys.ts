import { type RefObject, useMemo } from "react";
import { type Command, useCommands } from "@/commands";
import { t } from "./texts";
import { markOne, type Notification } from "./unread";

/** J and K move between notifications, Enter opens, U marks as read or unread. */
export function useInboxKeys(list: RefObject<HTMLElement | null>, notifications: readonly Notification[]): void {
  const commands = useMemo((): Command[] => {
    const rows = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-notification]") ?? [])];
    const place = () => rows().findIndex((row) => row.closest("li")?.contains(document.activeElement));
    const step = (by: 1 | -1) => {
      const all = rows();
      const at = place();
      all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
    };
    const toggle = () => {
      const one = notifications.find(({ id }) => id === rows()[place()]?.dataset.notification);
      if (one !== undefined) void markOne(one, one.read_at === null);
    };
    const section = t("inbox");
    return [
      { id: "inbox.next", title: t("next"), section, shortcut: "j", keyboardOnly: true, run: () => step(1) },
      { id: "inbox.previous", title: t("previous"), section, shortcut: "k", keyboardOnly: true, run: () => step(-1) },
      { id: "inbox.toggle", title: t("toggle_read"), section, shortcut: "u", keyboardOnly: true, run: toggle },
    ];
  }, [list, notifications]);
  useCommands(commands);
}
