import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { queryClient, useUsers } from "@/api";
import { useCatalog } from "@/catalog";
import { onNotice, type Notice } from "@/live";
import { toast } from "@/ui";
import { sentenceOf } from "./sentence";
import { t } from "./texts";
import { countBy, KEY, markOne, type Notification } from "./unread";

/** How many notifications are remembered, so that none is told twice. */
const REMEMBERED = 500;
const told = new Set<string>();

/** Keeps the inbox up to date, and says what is new while one is here. */
export function useNotices(): void {
  const navigate = useNavigate();
  const users = useUsers();
  const catalog = useCatalog();
  useEffect(
    () =>
      onNotice((notice) => {
        if (!isNew(notice)) return void queryClient.invalidateQueries({ queryKey: KEY });
        const { notification } = notice;
        if (told.has(notification.id)) return;
        told.add(notification.id);
        if (told.size > REMEMBERED) told.delete([...told][0] ?? "");
        countBy(1);
        void queryClient.invalidateQueries({ queryKey: KEY });
        if (document.visibilityState !== "visible" || location.pathname === "/inbox") return;
        const { title, text, target } = sentenceOf(notification, users, (object) => catalog.object(object)?.plural);
        const open = () => {
          void markOne(notification, true);
          if (target !== null) void navigate(target);
        };
        toast({ title, ...(text === null ? {} : { text }), action: { label: t("open"), run: open } });
      }),
    [navigate, users, catalog],
  );
}

function isNew(notice: Notice): notice is { type: "notification.created"; notification: Notification } {
  return notice.type === "notification.created";
}
