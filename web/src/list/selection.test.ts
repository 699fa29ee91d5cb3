import { expect, test } from "vitest";
import { isSelected, NOTHING, readSelection, select, selectionText, sizeOf, toggle } from "./selection";
import { sortBy } from "./use-header-actions";

test("single records are chosen and taken out", () => {
  const two = select(NOTHING, ["a", "b"], true);
  expect(sizeOf(two, undefined)).toEqual({ value: 2, exact: true });
  const one = toggle(two, "a");
  expect([isSelected(one, "a"), isSelected(one, "b")]).toEqual([false, true]);
});

test("all that match are chosen but those taken out, seen or not", () => {
  const all = toggle({ kind: "all", except: new Set<string>() }, "a");
  expect([isSelected(all, "a"), isSelected(all, "never seen")]).toEqual([false, true]);
  expect(sizeOf(all, { value: 10_000, exact: false })).toEqual({ value: 9_999, exact: false });
  expect(isSelected(toggle(all, "a"), "a")).toBe(true);
  expect(sizeOf(all, undefined)).toBeNull();
});

test("an order is replaced, or extended with shift", () => {
  expect(sortBy(["name"], "amount", "ascending", false)).toEqual(["amount"]);
  expect(sortBy(["name"], "amount", "descending", true)).toEqual(["name", "-amount"]);
  expect(sortBy(["-name", "amount"], "name", "ascending", true)).toEqual(["name", "amount"]);
  expect(sortBy(["name", "amount"], "name", null, true)).toEqual(["amount"]);
});

test("a selection stands in the address as long as it is short", () => {
  const ids = Array.from({ length: 101 }, (_, place) => `01900000-0000-7000-8000-${String(place).padStart(12, "0")}`);
  const two = select(NOTHING, ids.slice(0, 2), true);
  expect(readSelection(selectionText(two))).toEqual(two);
  const allButOne = { kind: "all" as const, except: new Set(ids.slice(0, 1)) };
  expect(readSelection(selectionText(allButOne))).toEqual(allButOne);
  expect(selectionText(NOTHING)).toBeUndefined();
  expect(selectionText(select(NOTHING, ids, true))).toBeUndefined();
  expect(readSelection("nonsense.<b>")).toEqual(NOTHING);
});
