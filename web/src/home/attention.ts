import type { KithRecord } from "@/api";
import type { Stage } from "@/catalog";
import { daysSince, today as currentDay } from "@/format";
import { isLinked } from "@/values";

export type Reason = { kind: "rotting"; days: number; stage: string } | { kind: "past_close"; day: string } | { kind: "no_task" };

/** Why a deal needs attention, the gravest reason first; nothing where it is on its way. */
export function reasonsFor(deal: KithRecord, stages: ReadonlyMap<string, Stage>, withTask: ReadonlySet<string>, now: Date = new Date()): Reason[] {
  const reasons: Reason[] = [];
  const { expected_close: close, stage_entered_at: entered } = deal;
  const stage = isLinked(deal.stage) ? stages.get(deal.stage.id) : undefined;
  if (typeof close === "string" && close < currentDay(now)) reasons.push({ kind: "past_close", day: close });
  if (typeof entered === "string" && stage?.rottingDays !== null && stage?.rottingDays !== undefined) {
    const days = daysSince(entered, now);
    if (days > stage.rottingDays) reasons.push({ kind: "rotting", days, stage: stage.name });
  }
  if (!withTask.has(deal.id)) reasons.push({ kind: "no_task" });
  return reasons;
}

/** The deals that need attention, those with most reasons first. */
export function needingAttention(deals: readonly KithRecord[], stages: ReadonlyMap<string, Stage>, withTask: ReadonlySet<string>, now?: Date): { deal: KithRecord; reasons: Reason[] }[] {
  return deals
    .map((deal) => ({ deal, reasons: reasonsFor(deal, stages, withTask, now) }))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((one, other) => other.reasons.length - one.reasons.length);
}
