import { expect, test } from "vitest";
import { isSelected, NOTHING, select, sizeOf, toggle } from "./selection";
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
