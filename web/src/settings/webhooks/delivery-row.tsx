import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { asProblem, queryClient } from "@/api";
import { formatFullDateTime, formatNumber, formatRelative } from "@/format";
import { Badge, Button, Skeleton, toast } from "@/ui";
import { t } from "./texts";
import { type Attempt, deliveriesKey, type Delivery, type DeliveryState, readDelivery, redeliver } from "./webhooks";

const COLORS: Record<DeliveryState, "green" | "red" | "amber"> = { delivered: "green", failed: "red", waiting: "amber" };

/** A delivery; opened, its attempts and what was sent. */
export function DeliveryRow({ webhook, delivery }: { webhook: string; delivery: Delivery }) {
  const [open, setOpen] = useState(false);
  const { state, attempts, type } = delivery;
  const again = async () => {
    try {
      await redeliver(webhook, delivery.id);
      toast({ title: t("sent_again"), kind: "success" });
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
    await queryClient.invalidateQueries({ queryKey: deliveriesKey(webhook) });
  };
  return (
    <div className="py-1">
      <div className="flex min-h-10 items-center gap-3">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="ring-inset-focus flex min-w-0 flex-1 items-center gap-2 rounded-md py-1.5 text-left hover:bg-hover">
          <ChevronRight size={14} className={open ? "shrink-0 rotate-90" : "shrink-0"} aria-hidden="true" />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{type}</span>
            <span className="block truncate text-xs text-muted">
              <time dateTime={delivery.created_at} title={formatFullDateTime(delivery.created_at)}>{formatRelative(delivery.created_at)}</time>
              {` · ${t("attempts", { count: attempts })}`}
              {state === "waiting" && delivery.next_attempt_at !== null && attempts > 0 ? ` · ${t("next", { when: formatRelative(delivery.next_attempt_at) })}` : ""}
            </span>
          </span>
        </button>
        <Badge color={COLORS[state]}>{t(state)}</Badge>
        {state === "waiting" ? null : <Button size="sm" aria-label={`${t("again")}: ${type}`} onClick={() => void again()}>{t("again")}</Button>}
      </div>
      {open ? <Details webhook={webhook} delivery={delivery} /> : null}
    </div>
  );
}

function Details({ webhook, delivery }: { webhook: string; delivery: Delivery }) {
  const { data, error } = useQuery({
    queryKey: [...deliveriesKey(webhook), "one", delivery.id, delivery.attempts],
    queryFn: ({ signal }) => readDelivery(webhook, delivery.id, signal),
  });
  return (
    <div className="flex flex-col gap-3 pt-1 pb-3 pl-6">
      {delivery.log.length === 0 ? null : (
        <ol className="flex flex-col gap-2">
          {delivery.log.map((attempt, place) => <li key={attempt.at}><OneAttempt attempt={attempt} place={place + 1} /></li>)}
        </ol>
      )}
      {error === null ? null : <p className="text-danger-text">{asProblem(error).detail}</p>}
      {data === undefined && error === null ? <Skeleton className="h-20 w-full" /> : null}
      {data?.payload === undefined ? null : (
        <div>
          <p className="mb-1 text-xs font-medium text-muted">{t("payload")}</p>
          <Code text={pretty(data.payload)} label={t("payload")} />
        </div>
      )}
    </div>
  );
}

function OneAttempt({ attempt, place }: { attempt: Attempt; place: number }) {
  return (
    <div>
      <p className="text-xs">
        <span className="font-medium">{`${t("attempt")} ${place}`}</span>
        <span className="text-muted">
          {" · "}
          <time dateTime={attempt.at}>{formatFullDateTime(attempt.at)}</time>
          {` · ${attempt.status === null ? (attempt.error ?? t("no_answer")) : `${t("answer")} ${attempt.status}`} · ${t("took", { ms: formatNumber(attempt.duration_ms) })}`}
        </span>
      </p>
      {attempt.body === "" ? null : <Code text={attempt.body} label={`${t("answer")} ${place}`} />}
    </div>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <pre tabIndex={0} role="region" aria-label={label} className="max-h-64 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs break-all whitespace-pre-wrap">{text}</pre>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
