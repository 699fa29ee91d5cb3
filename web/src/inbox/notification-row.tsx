import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { AtSign, BellRing, Circle, CircleDot, UploadCloud, UserRoundCheck, Webhook } from "lucide-react";
import { asProblem, useUsers } from "@/api";
import { useCatalog } from "@/catalog";
import { formatFullDateTime, formatTime } from "@/format";
import { IconButton, toast } from "@/ui";
import { sentenceOf } from "./sentence";
import { t } from "./texts";
import { markOne, type Notification } from "./unread";

const ICONS = { mention: AtSign, assigned: UserRoundCheck, reminder: BellRing, import_ended: UploadCloud, webhook_disabled: Webhook };

/** A notification: a sentence that leads to what it is about. Opening it reads it. */
export function NotificationRow({ notification }: { notification: Notification }) {
  const users = useUsers();
  const catalog = useCatalog();
  const { title, text, target } = sentenceOf(notification, users, (object) => catalog.object(object)?.plural);
  const isUnread = notification.read_at === null;
  const Icon = ICONS[notification.kind];
  const mark = (read: boolean) => void markOne(notification, read).catch((error: unknown) => toast({ title: asProblem(error).detail, kind: "error" }));
  const body = (
    <>
      <Icon size={16} strokeWidth={1.75} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0 flex-1">
        <span className={clsx("block break-words", isUnread ? "font-medium" : "text-muted")} dir="auto">
          {isUnread ? <span className="sr-only">{`${t("unread")}: `}</span> : null}
          {title}
        </span>
        {text === null ? null : <span className="line-clamp-2 break-words text-muted" dir="auto">{text}</span>}
      </span>
      <time dateTime={notification.created_at} title={formatFullDateTime(notification.created_at)} className="shrink-0 text-xs leading-5 text-faint">{formatTime(notification.created_at)}</time>
    </>
  );
  const classes = "ring-inset-focus flex min-w-0 flex-1 items-start gap-2.5 rounded-md py-2 pr-1 pl-2 text-left";
  return (
    <div className="group flex items-start gap-1 rounded-md hover:bg-hover">
      {target === null ? (
        <button type="button" data-notification={notification.id} onClick={() => mark(true)} className={classes}>{body}</button>
      ) : (
        <Link {...target} data-notification={notification.id} onClick={() => mark(true)} className={classes}>{body}</Link>
      )}
      <IconButton
        size="sm"
        label={`${t(isUnread ? "mark_read" : "mark_unread")}: ${title}`}
        icon={isUnread ? <CircleDot size={14} className="text-accent-text" /> : <Circle size={14} />}
        onClick={() => mark(isUnread)}
        className={clsx("mt-1.5 mr-1.5", !isUnread && "opacity-0 group-hover:opacity-100 focus-visible:opacity-100 max-md:opacity-100")}
      />
    </div>
  );
}
