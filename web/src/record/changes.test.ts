import { expect, test } from "vitest";
import type { HistoryEvent } from "@/api";
import type { Field, FieldType, ObjectType } from "@/catalog";
import { changesOf, named, referencesOf } from "./changes";

function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    id: name, key: name, name, label: name, description: "", type, standard: true, read_only: false, required: false, unique: false,
    indexed: false, building: false, build_error: null, default: null, validation: null, validation_message: null, retired: false, version: 1, ...more,
  };
}

const deal: ObjectType = {
  id: "deal", key: "deal", name: "deal", plural: "deals", label: "Deal", label_plural: "Deals", description: "", standard: true, retired: false, version: 1,
  fields: [
    field("company", "relation", { object: "company" }),
    field("pipeline", "relation", { object: "pipeline" }),
    field("stage", "relation", { object: "stage" }),
    field("stage_entered_at", "datetime", { read_only: true }),
    field("about", "any_relation"),
  ],
};

function event(changes: HistoryEvent["changes"]): HistoryEvent {
  return { id: "e", type: "updated", version: 2, actor: {}, occurred_at: "2026-11-18T10:00:00Z", changes };
}

test("what follows from a new stage is not told as well", () => {
  const told = changesOf(deal, event([
    { field: "pipeline", from: { id: "p1" }, to: { id: "p2" } },
    { field: "stage", from: { id: "s1" }, to: { id: "s2" } },
    { field: "stage_entered_at", from: null, to: "2026-11-18T10:00:00Z" },
  ]));
  expect(told.map(({ name }) => name)).toEqual(["stage"]);
});

test("a field that is gone keeps its change", () => {
  expect(changesOf(deal, event([{ field: "shoe_size", from: 41, to: 42 }]))).toHaveLength(1);
});

test("the records that changes name are found with their objects", () => {
  const events = [event([{ field: "company", from: { id: "c1" }, to: null }, { field: "about", from: null, to: { object: "person", id: "p1" } }])];
  expect(referencesOf(deal, events)).toEqual([{ object: "company", id: "c1" }, { object: "person", id: "p1" }]);
});

test("names are put into lists too", () => {
  expect(named([{ id: "a" }, { id: "b", role: "boss" }], (id) => id.toUpperCase())).toEqual([{ id: "a", name: "A" }, { id: "b", role: "boss", name: "B" }]);
});
