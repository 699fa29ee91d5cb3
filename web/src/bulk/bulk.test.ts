import { expect, test } from "vitest";
import { bulkBody } from "./bulk";

const request = { object: "deals", action: "delete" as const, filter: "amount > 5" };

test("chosen records are named, whatever the filter is", () => {
  expect(bulkBody({ ...request, selection: { kind: "some", ids: new Set(["a", "b"]) } })).toEqual({ object: "deals", action: "delete", ids: ["a", "b"] });
});

test("all matching are named by the filter, without those taken out", () => {
  expect(bulkBody({ ...request, selection: { kind: "all", except: new Set(["a"]) } })).toEqual({ object: "deals", action: "delete", filter: "amount > 5", exclude_ids: ["a"] });
  expect(bulkBody({ ...request, filter: null, action: "update", values: { owner: null }, selection: { kind: "all", except: new Set() } })).toEqual({
    object: "deals",
    action: "update",
    filter: "true",
    values: { owner: null },
  });
});

test("lists are added to where that is asked for", () => {
  expect(bulkBody({ ...request, action: "update", values: { tags: ["vip"] }, lists: "add", selection: { kind: "some", ids: new Set(["a"]) } })).toEqual({
    object: "deals",
    action: "update",
    ids: ["a"],
    values: { tags: ["vip"] },
    lists: "add",
  });
});
