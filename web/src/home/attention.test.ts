import { beforeEach, expect, test } from "vitest";
import type { KithRecord } from "@/api";
import type { Stage } from "@/catalog";
import { setRegional } from "@/format";
import { needingAttention, reasonsFor } from "./attention";

beforeEach(() => setRegional({ locale: "en-GB", timeZone: "Europe/Berlin", currency: "EUR", region: "DE" }));

const NOW = new Date("2026-11-18T10:00:00Z");
const stage: Stage = { id: "s", name: "Proposal", pipeline: { id: "p", name: "Sales" }, position: 1, probability: 50, kind: "open", rottingDays: 14 };
const stages = new Map([["s", stage]]);

function deal(id: string, more: Record<string, unknown>): KithRecord {
  return { id, version: 1, created_at: "", updated_at: "", deleted_at: null, stage: { id: "s" }, ...more };
}

test("a deal on its way needs nothing", () => {
  const fine = deal("a", { expected_close: "2026-11-18", stage_entered_at: "2026-11-04T10:00:00Z" });
  expect(reasonsFor(fine, stages, new Set(["a"]), NOW)).toEqual([]);
});

test("deals rot a day after the time that their stage gives them, and are late a day after their date", () => {
  const late = deal("a", { expected_close: "2026-11-17", stage_entered_at: "2026-11-03T10:00:00Z" });
  expect(reasonsFor(late, stages, new Set(), NOW).map(({ kind }) => kind)).toEqual(["past_close", "rotting", "no_task"]);
});

test("those with most reasons come first", () => {
  const found = needingAttention([deal("a", {}), deal("b", { expected_close: "2026-01-01" })], stages, new Set(), NOW);
  expect(found.map(({ deal: { id } }) => id)).toEqual(["b", "a"]);
});
