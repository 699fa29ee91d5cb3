import { Link } from "@tanstack/react-router";
import { CalendarX2, CircleAlert, CircleDashed } from "lucide-react";
import { useSession } from "@/api";
import { type ObjectType, recordName } from "@/catalog";
import { formatCount, formatMoney, formatRelative, isMoney } from "@/format";
import { openQuickCreate } from "@/shell";
import { Button } from "@/ui";
import { isLinked, RecordLink, StageBadge } from "@/values";
import type { Reason } from "./attention";
import { Section, SECTION_LINK } from "./section";
import { t } from "./texts";
import { MINE, STUCK, useAttention } from "./use-attention";

const ROWS = 8;

/** One's own open deals that stand still: past their date, too long in their stage, or without a task. */
export function DealsAttention({ object }: { object: ObjectType }) {
  const { user } = useSession();
  const { attention, error, isPending, refetch } = useAttention(object.plural, ROWS);
  const found = attention?.found ?? [];
  const any = attention?.any ?? false;
  const more = attention !== undefined && attention.stuck.value > ROWS;
  return (
    <Section
      title={t("attention")}
      action={
        any ? (
          <Link to="/objects/$object" params={{ object: object.plural }} search={{ filter: more ? STUCK : MINE }} className={SECTION_LINK}>
            {more ? t("attention_stuck", { n: formatCount(attention.stuck) }) : t("attention_all")}
          </Link>
        ) : null
      }
      loading={isPending}
      error={attention === undefined ? error : null}
      onRetry={() => void refetch()}
    >
      {found.length === 0 ? (
        <div className="flex flex-col items-start gap-3">
          <p className="text-muted">{!any ? t("no_deals") : t("no_attention")}</p>
          {!any && user.role !== "read_only" ? <Button onClick={() => openQuickCreate({ object: object.name, values: {} })}>{t("create_deal")}</Button> : null}
        </div>
      ) : (
        <ul className="-mx-2 flex flex-col">
          {found.map(({ deal, reasons }) => (
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
