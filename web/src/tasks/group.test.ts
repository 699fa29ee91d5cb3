import { beforeEach, expect, test } from "vitest";
import type { KithRecord } from "@/api";
import { setRegional } from "@/format";
import { bucketOf, groupByDue } from "./group";

beforeEach(() => setRegional({ locale: "en-GB", timeZone: "Europe/Berlin", currency: "EUR", region: "DE" }));

function task(id: string, due_at: string | null): KithRecord {
  return { id, version: 1, created_at: "", updated_at: "", deleted_at: null, due_at };
}

// A Wednesday.
const TODAY = "2026-11-18";

test("a task is due by the day in the person's time zone", () => {
  expect(bucketOf("2026-11-17T22:59:00.000Z", TODAY)).toBe("overdue");
  expect(bucketOf("2026-11-17T23:00:00.000Z", TODAY)).toBe("today");
});

test("the week ends as in the person's region", () => {
  expect(bucketOf("2026-11-22T12:00:00.000Z", TODAY)).toBe("this_week");
  expect(bucketOf("2026-11-23T12:00:00.000Z", TODAY)).toBe("later");
  setRegional({ locale: "en-US", timeZone: "Europe/Berlin", currency: "USD", region: "DE" });
  expect(bucketOf("2026-11-22T12:00:00.000Z", TODAY)).toBe("later");
});

test("groups stand in the order of time and only where there are tasks", () => {
  const groups = groupByDue([task("a", null), task("b", "2026-12-24T12:00:00Z"), task("c", "2026-11-01T12:00:00Z")], TODAY);
  expect(groups.map(({ bucket }) => bucket)).toEqual(["overdue", "later", "no_date"]);
});
