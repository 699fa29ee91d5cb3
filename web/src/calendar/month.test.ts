import { beforeEach, expect, test } from "vitest";
import type { KithRecord } from "@/api";
import type { Field } from "@/catalog";
import { setRegional } from "@/format";
import { monthGrid } from "@/values";
import { byDay, rangeFilter } from "./month";

const day = { name: "due", type: "date" } as Field;
const moment = { name: "due_at", type: "datetime" } as Field;

beforeEach(() => setRegional({ locale: "de-DE", timeZone: "Europe/Berlin", currency: "EUR", region: "DE" }));

function record(id: string, due: string): KithRecord {
  return { id, version: 1, created_at: "", updated_at: "", deleted_at: null, due, due_at: due };
}

test("days are asked for as days, moments by the person's clock", () => {
  expect(rangeFilter(day, "2026-11-01", "2026-12-01")).toBe('due >= "2026-11-01" && due < "2026-12-01"');
  expect(rangeFilter(moment, "2026-07-01", "2026-08-01")).toBe('due_at >= "2026-06-30T22:00:00.000Z" && due_at < "2026-07-31T22:00:00.000Z"');
});

test("a moment late in the evening of UTC stands on the next day in Berlin", () => {
  expect([...byDay(moment, [record("a", "2026-11-21T23:30:00.000Z"), record("b", "2026-11-22T09:00:00.000Z")]).keys()]).toEqual(["2026-11-22"]);
});

test("a month is shown in whole weeks, from the first day of the week", () => {
  const grid = monthGrid("2026-11-01");
  expect([grid[0], grid.at(-1), grid.length]).toEqual(["2026-10-26", "2026-12-06", 42]);
  setRegional({ locale: "en-US", timeZone: "UTC", currency: "USD", region: "DE" });
  expect(monthGrid("2026-11-01")[0]).toBe("2026-11-01");
});
