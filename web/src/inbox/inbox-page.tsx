import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CheckCheck, Inbox } from "lucide-react";
import { useMemo, useRef } from "react";
import { api, asProblem, take } from "@/api";
import { toastUndo } from "@/commands";
import { addDays, dayOf, formatLongDate, today } from "@/format";
import { TopBar } from "@/shell";
import { grouped } from "@/tasks";
import { Button, EmptyState, PageSkeleton, Segmented, toast } from "@/ui";
import { NotificationRow } from "./notification-row";
import { t } from "./texts";
import { KEY, markAll, markOne, type Notification, useUnread } from "./unread";
import { useInboxKeys } from "./use-inbox-keys";

const PAGE = 50;

/** What the person was told, newest first. */
export function InboxPage() {
  const { show } = useSearch({ from: "/app/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const onlyUnread = show === "unread";
  const unread = useUnread();
  const list = useRef<HTMLDivElement>(null);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...KEY, "list", onlyUnread],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => take(api.GET("/notifications", { params: { query: { limit: PAGE, ...(onlyUnread ? { unread: true } : {}), ...(pageParam === null ? {} : { cursor: pageParam }) } }, signal })),
    getNextPageParam: ({ page }) => page.next_cursor,
  });
  const notifications = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const days = useMemo(() => [...grouped(notifications, ({ created_at: at }) => dayOf(at))], [notifications]);
  useInboxKeys(list, notifications);
  return (
    <>
      <TopBar
        title={t("inbox")}
        icon={<Inbox size={15} />}
        actions={
          <>
            <Segmented<"all" | "unread">
              label={t("show")}
              value={onlyUnread ? "unread" : "all"}
              onChange={(next) => void navigate({ search: { show: next === "unread" ? "unread" : undefined }, replace: true })}
              choices={[
                { value: "all", label: t("all") },
                { value: "unread", label: t("unread") },
              ]}
            />
            <Button icon={<CheckCheck size={14} />} aria-label={t("mark_all")} disabled={unread === null || unread.count === 0} onClick={() => void readAll(notifications)}>
              <span className="max-sm:hidden">{t("mark_all")}</span>
            </Button>
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div ref={list} className="mx-auto max-w-3xl px-4 pt-2 pb-16 max-sm:px-2">
          {isPending ? <PageSkeleton /> : null}
          {error !== null && data === undefined ? (
            <EmptyState title={t("failed")} text={asProblem(error).detail} actions={<Button onClick={() => void refetch()}>{t("try_again")}</Button>} />
          ) : null}
          {data !== undefined && notifications.length === 0 ? (
            <EmptyState icon={<Inbox size={20} />} title={t(onlyUnread ? "all_read" : "nothing")} text={t(onlyUnread ? "all_read_text" : "nothing_text")} />
          ) : null}
          {days.map(([day, found]) => (
            <section key={day} aria-label={dayName(day)} className="mt-4">
              <h2 className="mb-1 px-2 text-xs font-medium text-muted">{dayName(day)}</h2>
              <ul className="flex flex-col">
                {found.map((one) => <li key={one.id}><NotificationRow notification={one} /></li>)}
              </ul>
            </section>
          ))}
          {hasNextPage ? <div className="mt-4 flex justify-center"><Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("more")}</Button></div> : null}
        </div>
      </div>
    </>
  );
}

function dayName(day: string): string {
  const now = today();
  return day === now ? t("today") : day === addDays(now, -1) ? t("yesterday") : formatLongDate(day);
}

/** Marks all as read; taking it back marks those that are loaded as unread again. */
async function readAll(notifications: readonly Notification[]): Promise<void> {
  const newest = notifications[0];
  if (newest === undefined) return;
  const before = notifications.filter((one) => one.read_at === null);
  try {
    const count = await markAll(newest.id);
    toastUndo(t("marked_all", { count }), async () => {
      for (const one of before) await markOne({ ...one, read_at: newest.created_at }, false);
    });
  } catch (error) {
    toast({ title: asProblem(error).detail, kind: "error" });
  }
}
