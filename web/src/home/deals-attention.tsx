import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarX2, CircleAlert, CircleDashed } from "lucide-react";
import { aggregate, keys, listRecords, type ListRequest, useSession } from "@/api";
import { type ObjectType, recordName, useStages } from "@/catalog";
import { formatMoney, formatRelative, isMoney } from "@/format";
import { openQuickCreate } from "@/shell";
import { Button } from "@/ui";
import { isLinked, RecordLink, StageBadge } from "@/values";
import { needingAttention, type Reason } from "./attention";
import { Section, SECTION_LINK } from "./section";
import { t } from "./texts";

const ROWS = 8;
/** How many open deals are looked through. */
const LOOKED_AT = 200;
const MINE = 'owner == me() && stage.kind == "open"';

/** One's own open deals that stand still: past their date, too long in their stage, or without a task. */
export function DealsAttention({ object }: { object: ObjectType }) {
  const { user } = useSession();
  const stages = useStages();
  const request: ListRequest = { filter: MINE, fields: "name,stage(name),stage_entered_at,expected_close,amount", sort: "expected_close", limit: LOOKED_AT, count: "none" };
  const deals = useQuery({
    queryKey: keys.list(object.plural, request),
    queryFn: ({ signal }) => listRecords(object.plural, request, signal),
  });
  const ids = (deals.data?.data ?? []).map(({ id }) => id);
  const planned = { group_by: "about", metrics: "count", filter: `!done && about in [${ids.map((id) => JSON.stringify(id)).join(",")}]`, limit: LOOKED_AT };
  const tasks = useQuery({
    queryKey: keys.aggregate("tasks", planned),
    enabled: ids.length > 0,
    queryFn: ({ signal }) => aggregate("tasks", planned, signal),
  });
  const loading = deals.isPending || (ids.length > 0 && tasks.isPending) || (ids.length > 0 && stages.size === 0);
  const withTask = new Set((tasks.data?.groups ?? []).flatMap(({ key }) => (isLinked(key.about) ? [key.about.id] : [])));
  const found = loading ? [] : needingAttention(deals.data?.data ?? [], stages, withTask);
  return (
    <Section
      title={t("attention")}
      action={ids.length === 0 ? null : <Link to="/objects/$object" params={{ object: object.plural }} search={{ filter: MINE }} className={SECTION_LINK}>{t("attention_all")}</Link>}
      loading={loading}
      error={deals.data === undefined ? deals.error : tasks.data === undefined ? tasks.error : null}
      onRetry={() => {
        void deals.refetch();
        void tasks.refetch();
      }}
    >
      {found.length === 0 ? (
        <div className="flex flex-col items-start gap-3">
          <p className="text-muted">{ids.length === 0 ? t("no_deals") : t("no_attention")}</p>
          {ids.length === 0 && user.role !== "read_only" ? <Button onClick={() => openQuickCreate({ object: object.name, values: {} })}>{t("create_deal")}</Button> : null}
        </div>
      ) : (
        <ul className="-mx-2 flex flex-col">
          {found.slice(0, ROWS).map(({ deal, reasons }) => (
            <li key={deal.id} className="flex min-h-9 items-center gap-3 rounded-md px-2 py-1 hover:bg-hover max-sm:flex-wrap max-sm:gap-y-0">
              <span className="flex min-w-36 flex-1 max-sm:basis-full"><RecordLink object={object.name} id={deal.id} name={recordName(deal, t("untitled"))} plain className="leading-6" /></span>
              <span className="flex min-w-0 items-center gap-2.5 text-xs">{reasons.slice(0, 2).map((reason) => <ReasonText key={reason.kind} reason={reason} />)}</span>
              {isLinked(deal.stage) ? <span className="w-24 shrink-0 text-right max-xl:hidden"><StageBadge id={deal.stage.id} name={deal.stage.name} /></span> : null}
              <span className="w-20 shrink-0 text-right text-xs text-muted max-sm:ml-auto">{isMoney(deal.amount) ? formatMoney(deal.amount, { compact: true }) : ""}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function ReasonText({ reason }: { reason: Reason }) {
  if (reason.kind === "past_close") {
    return <span className="flex min-w-0 items-center gap-1 text-danger-text"><CalendarX2 size={12} className="shrink-0" aria-hidden="true" /><span className="truncate">{t("past_close", { when: formatRelative(reason.day) })}</span></span>;
  }
  if (reason.kind === "rotting") {
    return <span className="flex min-w-0 items-center gap-1 text-warning-text"><CircleAlert size={12} className="shrink-0" aria-hidden="true" /><span className="truncate">{t("rotting_short", { days: reason.days })}</span></span>;
  }
  return <span className="flex min-w-0 items-center gap-1 text-muted"><CircleDashed size={12} className="shrink-0" aria-hidden="true" /><span className="truncate">{t("no_task")}</span></span>;
}
