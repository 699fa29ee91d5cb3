import { describe, expect, it } from "vitest";
import { nameOf, pluralOf } from "./names";

describe("nameOf", () => {
  it("makes what the API takes", () => {
    expect(nameOf("Größe in m²")).toBe("groesse_in_m2");
    expect(nameOf("  Née le ")).toBe("nee_le");
    expect(nameOf("2nd choice")).toBe("nd_choice");
    expect(nameOf("客户")).toBe("");
    expect(nameOf("x".repeat(80))).toHaveLength(50);
  });
});

describe("pluralOf", () => {
  it("knows the usual endings", () => {
    expect(["Vehicle", "Company", "Day", "Box", "Branch"].map(pluralOf)).toEqual(["Vehicles", "Companies", "Days", "Boxes", "Branches"]);
  });
});
