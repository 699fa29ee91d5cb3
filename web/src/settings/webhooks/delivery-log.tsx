import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, History } from "lucide-react";
import { useState } from "react";
import { Button, EmptyState, Segmented } from "@/ui";
import { Pending, SettingsBody } from "../parts";
import { DeliveryRow } from "./delivery-row";
import { t } from "./texts";
import { Trouble } from "./webhook-row";
import { deliveriesKey, type DeliveryState, listDeliveries, STATES, type Webhook } from "./webhooks";

/** How often deliveries that wait are looked after, in milliseconds. */
const LOOK = 3_000;

/** What was posted to a webhook, with what came back. */
export function DeliveryLog({ webhook }: { webhook: Webhook }) {
  const [state, setState] = useState<DeliveryState | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...deliveriesKey(webhook.id), state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listDeliveries(webhook.id, state, pageParam, signal),
    getNextPageParam: ({ page }) => page.next_cursor,
    refetchInterval: (query) => (query.state.data?.pages[0]?.data.some((one) => one.state === "waiting") === true ? LOOK : false),
  });
  const deliveries = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <SettingsBody
      wide
      title={<span className="break-all">{webhook.url}</span>}
      text={
        <Link to="/settings/$section" params={{ section: "webhooks" }} className="inline-flex items-center gap-1 rounded-sm hover:underline">
          <ArrowLeft size={13} aria-hidden="true" />
          {t("back")}
        </Link>
      }
    >
      <Trouble webhook={webhook} />
      <div className="flex overflow-x-auto">
        <Segmented<DeliveryState | "all">
          label={t("state")}
          value={state ?? "all"}
          onChange={(next) => setState(next === "all" ? null : next)}
          choices={[{ value: "all", label: t("all") }, ...STATES.map((one) => ({ value: one, label: t(one) }))]}
        />
      </div>
      {data === undefined ? (
        <Pending error={error} onRetry={() => void refetch()} />
      ) : deliveries.length === 0 ? (
        <EmptyState icon={<History size={20} />} title={t("no_deliveries")} text={t("no_deliveries_text")} />
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {deliveries.map((delivery) => <li key={delivery.id}><DeliveryRow webhook={webhook.id} delivery={delivery} /></li>)}
        </ul>
      )}
      {hasNextPage ? <div className="flex justify-center"><Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("more")}</Button></div> : null}
    </SettingsBody>
  );
}
