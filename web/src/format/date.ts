import { cached, regional } from "./regional";

const DAY = 86_400_000;

/** A day such as 2026-03-01, for people. Days have no time zone. */
export function formatDate(day: string): string {
  const { locale } = regional();
  const date = dayToUtc(day);
  if (date === null) return day;
  const sameYear = day.slice(0, 4) === today().slice(0, 4);
  const format = cached(`date ${sameYear}`, () =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) }),
  );
  return format.format(date);
}

/** A day in full: Sunday, 1 March 2026. */
export function formatLongDate(day: string): string {
  const { locale } = regional();
  const date = dayToUtc(day);
  if (date === null) return day;
  return cached("long date", () => new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "full" })).format(date);
}

/** A moment in the person's time zone: 1 Mar, 09:30. */
export function formatDateTime(moment: string): string {
  const { locale, timeZone } = regional();
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const sameYear = dayOf(date).slice(0, 4) === today().slice(0, 4);
  const format = cached(`datetime ${sameYear}`, () =>
    new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...(sameYear ? {} : { year: "numeric" }) }),
  );
  return format.format(date);
}

/** A moment in full, with its time zone, for tooltips. */
export function formatFullDateTime(moment: string): string {
  const { locale, timeZone } = regional();
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  return cached("full datetime", () => new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "full", timeStyle: "long" })).format(date);
}

export function formatTime(moment: string): string {
  const { locale, timeZone } = regional();
  return cached("time", () => new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit" })).format(new Date(moment));
}

/** The name of a month and its year, of any day in it. */
export function formatMonth(day: string): string {
  const { locale } = regional();
  const date = dayToUtc(day);
  if (date === null) return day;
  return cached("month", () => new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "long", year: "numeric" })).format(date);
}

/** How long ago or ahead: "3 days ago", "in 2 hours", "tomorrow". Takes days and moments. */
export function formatRelative(value: string, now: Date = new Date()): string {
  const { locale } = regional();
  const format = cached("relative", () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  if (isDay(value)) return relativeDays(format, daysBetween(dayOf(now), value));
  const date = new Date(value);
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return format.format(0, "second");
  if (size < 45 * 60) return format.format(Math.round(seconds / 60), "minute");
  if (size < 22 * 3600) return format.format(Math.round(seconds / 3600), "hour");
  return relativeDays(format, daysBetween(dayOf(now), dayOf(date)));
}

function relativeDays(format: Intl.RelativeTimeFormat, days: number): string {
  const size = Math.abs(days);
  if (size < 7) return format.format(days, "day");
  if (size < 31) return format.format(Math.round(days / 7), "week");
  if (size < 365) return format.format(Math.round(days / 30.44), "month");
  return format.format(Math.round(days / 365.25), "year");
}

export function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value);
}

/** Today in the person's time zone. */
export function today(now: Date = new Date()): string {
  return dayOf(now);
}

/** The day that a moment falls on in the person's time zone. */
export function dayOf(moment: Date | string): string {
  const { timeZone } = regional();
  const date = typeof moment === "string" ? new Date(moment) : moment;
  const format = cached("day of", () => new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }));
  return format.format(date);
}

export function addDays(day: string, days: number): string {
  const date = dayToUtc(day);
  return date === null ? day : new Date(date.getTime() + days * DAY).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  const [start, end] = [dayToUtc(from), dayToUtc(to)];
  return start === null || end === null ? 0 : Math.round((end.getTime() - start.getTime()) / DAY);
}

/** Days that have passed since a moment, in the person's time zone. */
export function daysSince(moment: string, now: Date = new Date()): number {
  return daysBetween(isDay(moment) ? moment : dayOf(moment), dayOf(now));
}

/** 0 for Sunday to 6 for Saturday. */
export function weekday(day: string): number {
  return dayToUtc(day)?.getUTCDay() ?? 0;
}

/** The day that weeks begin with in the person's region: 0 for Sunday. */
export function firstWeekday(): number {
  const { locale } = regional();
  return cached("first weekday", () => {
    const info: unknown = new Intl.Locale(locale);
    // Newer engines have a method, older ones a property.
    const weeks = info as { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
    const first = weeks.getWeekInfo?.().firstDay ?? weeks.weekInfo?.firstDay ?? 1;
    return first % 7;
  });
}

/** The moment at which a clock in the person's time zone shows this day and time. */
export function momentAt(day: string, time: string): string {
  const guess = new Date(`${day}T${time}:00Z`);
  // The offset at the guess, then once more at the result, since clocks may change in between.
  let result = new Date(guess.getTime() - offset(guess));
  result = new Date(guess.getTime() - offset(result));
  return result.toISOString();
}

/** What a clock in the person's time zone shows at a moment: ["2026-03-01", "09:30"]. */
export function clockAt(moment: string): [day: string, time: string] {
  const date = new Date(moment);
  const local = new Date(date.getTime() + offset(date)).toISOString();
  return [local.slice(0, 10), local.slice(11, 16)];
}

/** Milliseconds that the person's clock is ahead of UTC. */
function offset(date: Date): number {
  const { timeZone } = regional();
  const format = cached("offset", () =>
    new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }),
  );
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(date)) part[type] = Number(value);
  const local = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return local - Math.floor(date.getTime() / 1000) * 1000;
}

function dayToUtc(day: string): Date | null {
  if (!isDay(day)) return null;
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * What a person typed as a day: 2026-03-01, 1.3.2026, 3/1, "today", "tomorrow", "+3", "fri".
 * Order of day and month as in their locale. Null where it isn't a day.
 */
export function parseDay(typed: string, now: Date = new Date()): string | null {
  const text = typed.trim().toLowerCase();
  const current = today(now);
  if (isDay(text)) return checked(text);
  if (text === "today" || text === "now") return current;
  if (text === "tomorrow") return addDays(current, 1);
  if (text === "yesterday") return addDays(current, -1);
  const shift = /^([+-]\d{1,4})\s*([dw]?)$/.exec(text);
  if (shift) return addDays(current, Number(shift[1]) * (shift[2] === "w" ? 7 : 1));
  const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const named = text.length >= 3 ? names.findIndex((name) => text.startsWith(name)) : -1;
  if (named >= 0) return addDays(current, (named - weekday(current) + 7) % 7 || 7);
  const parts = text.split(/[./\s-]+/).filter(Boolean).map(Number);
  if (parts.length < 2 || parts.length > 3 || parts.some(Number.isNaN)) return null;
  const [first = 0, second = 0, third] = parts;
  if (first > 31) return checked(pad(first, second, third ?? 1));
  const [day, month] = dayFirst() ? [first, second] : [second, first];
  const year = third === undefined ? Number(current.slice(0, 4)) : third < 100 ? 2000 + third : third;
  return checked(pad(year, month, day));
}

function pad(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function checked(day: string): string | null {
  const date = dayToUtc(day);
  return date !== null && date.toISOString().slice(0, 10) === day ? day : null;
}

function dayFirst(): boolean {
  const { locale } = regional();
  return cached("day first", () => {
    const order = new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric" }).formatToParts(new Date(0)).map((part) => part.type);
    return order.indexOf("day") < order.indexOf("month");
  });
}
