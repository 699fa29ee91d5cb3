import { beforeEach, describe, expect, test } from "vitest";
import type { Field, FieldType } from "@/catalog";
import { setRegional } from "@/format";
import { displayText, editText, inputOf, parseText, sameValue } from "./text";

beforeEach(() => setRegional({ locale: "de-DE", timeZone: "Europe/Berlin", currency: "EUR", region: "DE" }));

function field(type: FieldType, more: Partial<Field> = {}): Field {
  return {
    id: type, key: type, name: type, label: type, description: "", type, standard: false, read_only: false, required: false, unique: false,
    indexed: false, building: false, build_error: null, default: null, validation: null, validation_message: null, retired: false, version: 1, ...more,
  };
}

const OPTIONS = [{ value: "to_do", label: "To-do" }, { value: "call", label: "Call" }];

describe("a value that is copied and pasted", () => {
  const cases: [FieldType, unknown][] = [
    ["text", "Müller & Söhne"],
    ["number", 1234567],
    ["decimal", "1234.5"],
    ["currency", { amount: "1234.50", currency: "USD" }],
    ["boolean", true],
    ["boolean", false],
    ["date", "2026-03-01"],
    ["datetime", "2026-03-01T08:30:00.000Z"],
    ["select", "to_do"],
    ["multi_select", ["to_do", "call"]],
    ["emails", ["a@example.org", "b@example.org"]],
    ["rating", 3],
    ["json", { a: [1, null] }],
    ["text", null],
    ["emails", []],
  ];
  test.each(cases)("is the same afterwards: %s %j", (type, value) => {
    const one = field(type, { options: OPTIONS });
    expect(parseText(one, editText(one, value))).toEqual({ kind: "value", value });
  });
});

test("what can't be read here is left to the server", () => {
  expect(parseText(field("number"), "many")).toEqual({ kind: "value", value: "many" });
  expect(parseText(field("select", { options: OPTIONS }), "Fax")).toEqual({ kind: "value", value: "Fax" });
});

test("names of linked records have to be looked up", () => {
  expect(parseText(field("relation"), " Acme ")).toEqual({ kind: "lookup", name: "Acme" });
  expect(parseText(field("relation"), "")).toEqual({ kind: "value", value: null });
});

test("linked records go back as the server takes them, whatever was shown of them", () => {
  expect(inputOf(field("relation"), { id: "1", name: "Acme" })).toBe("1");
  expect(inputOf(field("any_relation"), { id: "1", object: "deal", name: "Acme" })).toEqual({ object: "deal", id: "1" });
  expect(inputOf(field("relations"), [{ id: "1", name: "Ada", role: null }, { id: "2", role: "buyer" }])).toEqual([{ id: "1" }, { id: "2", role: "buyer" }]);
  expect(sameValue(field("relation"), { id: "1", name: "Acme" }, { id: "1" })).toBe(true);
});

test("formulas and roll-ups are shown by the form of their value", () => {
  expect(displayText(field("formula"), "2020-03-01")).toBe("1. März 2020");
  expect(displayText(field("roll_up"), { amount: "5.00", currency: "EUR", region: "DE" })).toBe("5,00\u00a0€");
  expect(displayText(field("formula"), "12.50")).toBe("12,5");
});
