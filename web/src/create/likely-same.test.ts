import { expect, test } from "vitest";
import type { Field, FieldType } from "@/catalog";
import { telling } from "./likely-same";

function field(name: string, type: FieldType): Field {
  return {
    id: name, key: name, name, label: name, description: "", type, standard: true, read_only: false, required: false, unique: false,
    indexed: false, building: false, build_error: null, default: null, validation: null, validation_message: null, retired: false, version: 1,
  };
}

const fields = [field("first_name", "text"), field("last_name", "text"), field("emails", "emails"), field("kind", "select"), field("company", "relation")];

test("records are told apart by their names and addresses, not by what many share", () => {
  const values = { first_name: "Ada", emails: ["ada@example.org"], kind: "customer", company: { id: "c" } };
  expect(telling(fields, values)).toEqual({ first_name: "Ada", emails: ["ada@example.org"] });
});

test("nothing is looked for until there is something to look for", () => {
  expect(telling(fields, { first_name: "A", last_name: " ", emails: [], kind: null })).toEqual({});
});
