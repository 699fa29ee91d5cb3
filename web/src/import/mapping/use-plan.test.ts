import { describe, expect, it } from "vitest";
import { completed } from "./use-plan";

describe("completed", () => {
  it("has every column in the file's order, and those twice that fill two fields", () => {
    const plan = { mode: "create" as const, columns: [{ column: "B", field: "name" }, { column: "B", field: "external_id" }, { column: "gone", field: "x" }] };
    expect(completed(plan, ["A", "B", "C"])).toEqual({
      mode: "create",
      columns: [{ column: "A", field: null }, { column: "B", field: "name" }, { column: "B", field: "external_id" }, { column: "C", field: null }],
    });
  });
});
