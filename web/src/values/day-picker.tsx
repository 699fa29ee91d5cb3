import { clsx } from "clsx";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useRef, useState } from "react";
import { addDays, firstWeekday, formatLongDate, formatMonth, regional, today, weekday } from "@/format";
import { Button, IconButton } from "@/ui";
import { t } from "./texts";

/** The days of the weeks that a month touches, from the first day of the week. */
export function monthGrid(month: string): string[] {
  const first = `${month.slice(0, 7)}-01`;
  const start = addDays(first, -((weekday(first) - firstWeekday() + 7) % 7));
  return Array.from({ length: 42 }, (_, place) => addDays(start, place));
}

export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1 + months, 1));
  return date.toISOString().slice(0, 10);
}

/** The short names of the days, from the first day of the week. */
export function weekdayNames(): string[] {
  const format = new Intl.DateTimeFormat(regional().locale, { weekday: "short", timeZone: "UTC" });
  // 4 January 1970 was a Sunday.
  return Array.from({ length: 7 }, (_, place) => format.format(new Date(Date.UTC(1970, 0, 4 + firstWeekday() + place))));
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 };

export function DayPicker({ day, onPick }: { day: string | null; onPick: (day: string | null) => void }) {
  const now = today();
  const [focused, setFocused] = useState(day ?? now);
  const grid = useRef<HTMLDivElement>(null);
  const move = (next: string) => {
    setFocused(next);
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus());
  };
  return (
    <div className="w-60">
      <div className="flex items-center justify-between pb-1 pl-1.5">
        <span className="text-sm font-medium" aria-live="polite">{formatMonth(focused)}</span>
        <span className="flex">
          <IconButton size="sm" label={t("previous_month")} icon={<ChevronLeft size={14} />} onClick={() => setFocused(addMonths(focused, -1))} />
          <IconButton size="sm" label={t("next_month")} icon={<ChevronRight size={14} />} onClick={() => setFocused(addMonths(focused, 1))} />
        </span>
      </div>
      <div className="grid grid-cols-7 text-center text-2xs text-faint" aria-hidden="true">
        {weekdayNames().map((name) => <span key={name} className="py-1">{name}</span>)}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the arrow keys move between the buttons in it */}
      <div
        ref={grid}
        className="grid grid-cols-7"
        onKeyDown={(event) => {
          const step = STEPS[event.key];
          if (step === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          move(addDays(focused, step));
        }}
      >
        {monthGrid(focused).map((one) => (
          <button
            key={one}
            type="button"
            data-day={one}
            tabIndex={one === focused ? 0 : -1}
            aria-label={formatLongDate(one)}
            aria-pressed={one === day}
            onClick={() => onPick(one)}
            className={clsx(
              "mx-auto flex size-8 items-center justify-center rounded-md text-xs hover:bg-hover aria-pressed:bg-accent aria-pressed:text-on-accent",
              one.slice(0, 7) !== focused.slice(0, 7) && "text-faint",
              one === now && "font-semibold text-accent-text",
            )}
          >
            {Number(one.slice(8))}
          </button>
        ))}
      </div>
      <div className="mt-1 flex items-center gap-1 border-t border-line pt-2">
        <Button size="sm" variant="ghost" onClick={() => onPick(now)}>{t("today")}</Button>
        <Button size="sm" variant="ghost" onClick={() => onPick(addDays(now, 1))}>{t("tomorrow")}</Button>
        {day === null ? null : <Button size="sm" variant="ghost" className="ml-auto" onClick={() => onPick(null)}>{t("clear")}</Button>}
      </div>
    </div>
  );
}
