import { expect, test } from "vitest";
import type { Field, FieldType, ObjectType } from "@/catalog";
import { formFields, startValues } from "./form-fields";

function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    id: name, key: name, name, label: name, description: "", type, standard: true, read_only: false, required: false, unique: false,
    indexed: false, building: false, build_error: null, default: null, validation: null, validation_message: null, retired: false, version: 1, ...more,
  };
}

const rooms: ObjectType = {
  id: "room", key: "room", name: "room", plural: "rooms", label: "Room", label_plural: "Rooms", description: "", standard: false, retired: false, version: 1,
  fields: [
    field("name", "text", { required: true }),
    field("floor", "number", { required: true }),
    field("secret", "json", { required: true, default: {} }),
    field("made", "text", { read_only: true }),
    field("gone", "text", { retired: true }),
    ...["a", "b", "c", "d", "e", "f", "g"].map((name) => field(name, "text")),
    field("assignee", "user"),
  ],
};

test("required fields are always asked for, others until there are six", () => {
  const { first, rest } = formFields(rooms, {});
  expect(first.map(({ name }) => name)).toEqual(["name", "floor", "a", "b", "c", "assignee"]);
  expect(rest.map(({ name }) => name)).toEqual(["secret", "d", "e", "f", "g"]);
});

test("what was given is shown", () => {
  expect(formFields(rooms, { g: "x" }).first.map(({ name }) => name)).toContain("g");
});

test("the catalog's presets stand in the form, and what was given before them", () => {
  const me = { id: "u", name: "Ada" };
  expect(startValues([field("kind", "select", { default: "to_do" }), field("assignee", "user")], {}, me)).toEqual({ kind: "to_do", assignee: me });
  expect(startValues([field("kind", "select", { default: "to_do" })], { kind: "call" }, me)).toEqual({ kind: "call" });
});
