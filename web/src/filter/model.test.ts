import { expect, test } from "vitest";
import { adaptValue, asGroup, finished, operatorsOf, type Tree } from "./model";

test("what isn't finished is left out, and groups that are empty then", () => {
  const tree: Tree = {
    op: "and",
    items: [
      { field: "industry", operator: "is", value: "" },
      { field: "amount", operator: "gt", value: 0 },
      { op: "or", items: [{ field: "amount", operator: "between", value: [1, null] }] },
      { op: "not", item: { field: "owner", operator: "any_of", value: [] } },
      { field: "kind", operator: "empty" },
    ],
  };
  expect(finished(tree)).toEqual({ op: "and", items: [{ field: "amount", operator: "gt", value: 0 }, { field: "kind", operator: "empty" }] });
  expect(finished({ op: "or", items: [] })).toBeNull();
});

test("a value stays when the operator changes, as far as it fits", () => {
  expect(adaptValue("a", "is", "is_not")).toBe("a");
  expect(adaptValue("a", "is", "any_of")).toEqual(["a"]);
  expect(adaptValue(["a", "b"], "any_of", "is")).toBe("a");
  expect(adaptValue(5, "gt", "between")).toEqual([5, null]);
  expect(adaptValue([5, 9], "between", "lt")).toBe(5);
  expect(adaptValue("a", "is", "empty")).toBeUndefined();
  expect(adaptValue("2026-01-01", "before", "during")).toEqual({ unit: "month", offset: 0 });
});

test("every field can be asked whether it is empty", () => {
  expect(operatorsOf("json")).toEqual(["empty", "not_empty"]);
  expect(operatorsOf("currency")[0]).toBe("gt");
});

test("a single condition is shown as a group of one", () => {
  expect(asGroup({ field: "a", operator: "empty" })).toEqual({ op: "and", items: [{ field: "a", operator: "empty" }] });
  expect(asGroup(null)).toEqual({ op: "and", items: [] });
});
