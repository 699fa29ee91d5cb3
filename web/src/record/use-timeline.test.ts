import { expect, test } from "vitest";
import { merge, type TimelineEntry } from "./use-timeline";

function at(moment: string): TimelineEntry {
  return { kind: "event", key: moment, at: moment, event: { id: moment, type: "updated", version: 1, actor: {}, occurred_at: moment, changes: [] } };
}

test("streams become one, newest first", () => {
  const merged = merge([{ more: false, entries: [at("2026-11-03"), at("2026-11-01")] }, { more: false, entries: [at("2026-11-02")] }]);
  expect(merged.map(({ key }) => key)).toEqual(["2026-11-03", "2026-11-02", "2026-11-01"]);
});

test("nothing is shown that a later page could come before", () => {
  const merged = merge([{ more: true, entries: [at("2026-11-05"), at("2026-11-04")] }, { more: false, entries: [at("2026-11-06"), at("2026-11-01")] }]);
  expect(merged.map(({ key }) => key)).toEqual(["2026-11-06", "2026-11-05", "2026-11-04"]);
});
