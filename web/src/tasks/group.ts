import type { KithRecord } from "@/api";
import { addDays, dayOf, firstWeekday, today as currentDay, weekday } from "@/format";
import { grouped } from "./grouped";

export type Bucket = "overdue" | "today" | "this_week" | "later" | "no_date";

export const BUCKETS: readonly Bucket[] = ["overdue", "today", "this_week", "later", "no_date"];

/** When a task is due, seen from a day. The week ends with the region's last day of it. */
export function bucketOf(due: unknown, today: string = currentDay()): Bucket {
  if (typeof due !== "string") return "no_date";
  const day = dayOf(due);
  if (day < today) return "overdue";
  if (day === today) return "today";
  const last = addDays(today, 6 - ((weekday(today) - firstWeekday() + 7) % 7));
  return day <= last ? "this_week" : "later";
}

/** Tasks by when they are due, in the order of time; groups without tasks are left out. */
export function groupByDue(tasks: readonly KithRecord[], today: string = currentDay()): { bucket: Bucket; tasks: KithRecord[] }[] {
  const groups = grouped(tasks, (task) => bucketOf(task.due_at, today));
  return BUCKETS.flatMap((bucket) => {
    const found = groups.get(bucket);
    return found === undefined ? [] : [{ bucket, tasks: found }];
  });
}
