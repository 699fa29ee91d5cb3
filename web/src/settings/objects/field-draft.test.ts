import { describe, expect, it } from "vitest";
import type { Field } from "@/catalog";
import { bodyOf, draftOf } from "./field-draft";

const AMOUNT = { ...draftOf(undefined), id: "1", key: "f1", standard: false, read_only: false, building: false, build_error: null, retired: false, version: 3, label: "Amount", name: "amount", type: "currency", validation: "amount > 0", validation_message: null } as unknown as Field;

describe("bodyOf", () => {
  it("leaves out of a new field what isn't said, and what other types have", () => {
    expect(bodyOf({ ...draftOf(undefined), label: "Price", name: "price", type: "rating", expression: "left over" }, undefined)).toEqual({ type: "rating", label: "Price", name: "price", max: 5 });
  });

  it("sends of a known field what differs, and null for a rule that is taken away", () => {
    const draft = draftOf(AMOUNT);
    expect(bodyOf(draft, AMOUNT)).toEqual({});
    expect(bodyOf({ ...draft, label: "Sum", validation: "" }, AMOUNT)).toEqual({ label: "Sum", validation: null });
  });

  it("never renames a standard field", () => {
    expect(bodyOf({ ...draftOf(AMOUNT), name: "other" }, { ...AMOUNT, standard: true })).toEqual({});
  });
});
