import { expect, test } from "vitest";
import type { Field } from "@/catalog";
import { both } from "@/list/both";
import { groupFilter, groupsOf, groupValue, totalsOf } from "./groups";

const base: Field = {
  id: "f", key: "kind", name: "kind", label: "Kind", description: "", type: "select", standard: true, read_only: false, required: false, unique: false, indexed: false,
  building: false, build_error: null, default: null, validation: null, validation_message: null, retired: false, version: 1,
  options: [{ value: "a", label: "A" }, { value: "b", label: "B", retired: true }],
};
const stage: Field = { ...base, name: "stage", type: "relation", object: "stage" };
const amount: Field = { ...base, name: "amount", type: "currency" };

test("records without a value have a column of their own where that may be", () => {
  expect(groupsOf(base, undefined, "None").map((group) => group.value)).toEqual(["a", null]);
  expect(groupsOf({ ...base, required: true }, undefined, "None").map((group) => group.value)).toEqual(["a"]);
});

test("a column's filter holds together with the list's, whatever operators that has", () => {
  const none = { value: null, label: "None", color: "gray" as const };
  expect(groupFilter(base, none, "x == 1 || y == 2")).toBe("(x == 1 || y == 2) && kind == null");
  expect(groupFilter(base, { ...none, value: 'a"b' }, null)).toBe('kind == "a\\"b"');
  expect(both(null, null)).toBeNull();
});

test("totals are kept apart by currency, and counted together", () => {
  const totals = totalsOf(
    [
      { key: { stage: { id: "1" }, "amount.currency": "EUR" }, count: 2, sum: { amount: "10.50" }, weighted_sum: { amount: "5.25" }, currency: "EUR" },
      { key: { stage: { id: "1" }, "amount.currency": "USD" }, count: 1, sum: { amount: "7.00" }, weighted_sum: { amount: "3.50" }, currency: "USD" },
      { key: { stage: { id: "1" }, "amount.currency": null }, count: 4, sum: { amount: null }, currency: null },
    ],
    stage,
    amount,
  );
  expect(totals.get("1")).toEqual({
    count: 7,
    sums: [{ amount: "10.50", currency: "EUR" }, { amount: "7.00", currency: "USD" }],
    weighted: [{ amount: "5.25", currency: "EUR" }, { amount: "3.50", currency: "USD" }],
  });
});

test("a record stands in the column of its stage or option", () => {
  expect(groupValue(stage, { stage: { id: "1", name: "New" } })).toBe("1");
  expect(groupValue(base, { kind: null })).toBeNull();
});
