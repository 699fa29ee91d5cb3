import { t } from "./texts";
import { useUnread } from "./unread";

/** How many notifications were not read, beside the way to them. */
export function UnreadCount() {
  const unread = useUnread();
  if (unread === null || unread.count === 0) return null;
  return (
    <span className="ml-auto flex h-4 min-w-4 shrink-0 items-center justify-center rounded-full bg-accent px-1 text-2xs font-semibold text-on-accent">
      <span aria-hidden="true">{unread.count > 99 ? "99+" : unread.count}</span>
      <span className="sr-only">{t("unread", { count: unread.count })}</span>
    </span>
  );
}
