import { beforeEach, describe, expect, test } from "vitest";
import { clockAt, daysBetween, formatDate, formatMoney, formatNumber, formatPhone, formatRelative, momentAt, parseDay, parseMoney, parseNumber, setRegional } from "./index";
import { loadPhones } from "./phone";

const NOW = new Date("2026-11-22T09:00:00Z");

function german() {
  setRegional({ locale: "de-DE", timeZone: "Europe/Berlin", currency: "EUR", region: "DE" });
}

beforeEach(() => setRegional({ locale: "en-GB", timeZone: "Europe/London", currency: "GBP", region: "DE" }));

describe("money", () => {
  test("keeps every digit of amounts that a float would round", () => {
    expect(formatMoney({ amount: "90071992547409931.25", currency: "EUR" })).toBe("€90,071,992,547,409,931.25");
    expect(parseMoney("90,071,992,547,409,931.25 EUR")).toEqual({ amount: "90071992547409931.25", currency: "EUR" });
  });

  test("is written as the locale does", () => {
    german();
    expect(formatMoney({ amount: "1234.5", currency: "EUR" }).replaceAll("\u00a0", " ")).toBe("1.234,50 €");
    expect(formatMoney({ amount: "1234.00", currency: "EUR" }, { trim: true }).replaceAll("\u00a0", " ")).toBe("1.234 €");
    expect(parseMoney("1.234,50 €")).toEqual({ amount: "1234.50", currency: "EUR" });
  });

  test("takes signs, codes, and the currency of the field where there is none", () => {
    expect(parseMoney("$1,200", "EUR")).toEqual({ amount: "1200", currency: "USD" });
    expect(parseMoney("$5", "CAD")).toEqual({ amount: "5", currency: "CAD" });
    expect(parseMoney("usd 12.5")).toEqual({ amount: "12.5", currency: "USD" });
    expect(parseMoney("(300)")).toEqual({ amount: "-300", currency: "GBP" });
    expect(parseMoney("7")).toEqual({ amount: "7", currency: "GBP" });
    expect(parseMoney("soon")).toBeNull();
  });
});

describe("numbers", () => {
  test("are read with either separator where that is clear", () => {
    expect(parseNumber("1,234.50")).toBe("1234.50");
    german();
    expect(parseNumber("1.234,5")).toBe("1234.5");
    expect(parseNumber("1.5")).toBe("1.5");
    expect(parseNumber("1.234")).toBe("1234");
    expect(parseNumber("−3")).toBe("-3");
    expect(parseNumber("1,2,3")).toBeNull();
    expect(parseNumber("")).toBeNull();
  });

  test("are shown exactly", () => {
    expect(formatNumber("12345678901234567890.125")).toBe("12,345,678,901,234,567,890.125");
  });
});

describe("days", () => {
  test("are read in the order of the locale", () => {
    expect(parseDay("3/4/2026", NOW)).toBe("2026-04-03");
    setRegional({ locale: "en-US", timeZone: "America/New_York", currency: "USD", region: "DE" });
    expect(parseDay("3/4/2026", NOW)).toBe("2026-03-04");
    expect(parseDay("31/2/2026", NOW)).toBeNull();
  });

  test("are read from words", () => {
    expect(parseDay("tomorrow", NOW)).toBe("2026-11-23");
    expect(parseDay("+2w", NOW)).toBe("2026-12-06");
    // 22 November 2026 is a Sunday; a day's own name means the next one.
    expect(parseDay("sun", NOW)).toBe("2026-11-29");
    expect(parseDay("friday", NOW)).toBe("2026-11-27");
  });

  test("don't move with the time zone, moments do", () => {
    setRegional({ locale: "en-GB", timeZone: "Pacific/Auckland", currency: "NZD", region: "DE" });
    expect(formatDate("2020-01-31")).toBe("31 Jan 2020");
    expect(clockAt("2026-11-22T23:30:00Z")).toEqual(["2026-11-23", "12:30"]);
    expect(momentAt("2026-11-23", "12:30")).toBe("2026-11-22T23:30:00.000Z");
  });

  test("survive the change to summer time", () => {
    german();
    expect(momentAt("2026-03-29", "04:00")).toBe("2026-03-29T02:00:00.000Z");
    expect(momentAt("2026-03-28", "04:00")).toBe("2026-03-28T03:00:00.000Z");
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
  });

  test("are told relative to now", () => {
    expect(formatRelative("2026-11-23", NOW)).toBe("tomorrow");
    expect(formatRelative("2026-11-22T06:00:00Z", NOW)).toBe("3 hours ago");
    expect(formatRelative("2026-11-01", NOW)).toBe("3 weeks ago");
  });
});

test("telephone numbers are national at home and international elsewhere", async () => {
  german();
  expect(formatPhone("+4930901820")).toBe("+4930901820");
  await loadPhones();
  expect(formatPhone("+4930901820")).toBe("030 901820");
  expect(formatPhone("+442079460000;ext=12")).toBe("+44 20 7946 0000 x12");
  expect(formatPhone("extension 4")).toBe("extension 4");
  setRegional({ locale: "en-GB", timeZone: "Europe/London", currency: "GBP", region: "GB" });
  expect(formatPhone("+442079460000;ext=12")).toBe("020 7946 0000 x12");
});
