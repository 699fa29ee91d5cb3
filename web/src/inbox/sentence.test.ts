import { describe, expect, it } from "vitest";
import { sentenceOf } from "./sentence";
import type { Notification } from "./unread";

const users = [{ id: "u1", name: "Grace Hopper" }];
const pluralOf = (object: string) => (object === "company" ? "companies" : undefined);
const told = (kind: Notification["kind"], data: Record<string, unknown>) => sentenceOf({ id: "n", kind, created_at: "2026-01-01T00:00:00Z", read_at: null, data }, users, pluralOf);

describe("sentenceOf", () => {
  it("leads from a mention in a note to what the note is about", () => {
    expect(told("mention", { object: "notes", record_id: "r", name: "x", actor: "u1", excerpt: "call them", about: { object: "company", id: "c" } })).toEqual({
      title: "Grace Hopper mentioned you in a note",
      text: "call them",
      target: { to: "/objects/$object/$id", params: { object: "companies", id: "c" } },
    });
  });

  it("names what became one's own, and what is due", () => {
    expect(told("assigned", { object: "deals", record_id: "r", name: "New lifts", actor: "gone" })).toEqual({
      title: "Somebody made New lifts yours",
      text: null,
      target: { to: "/objects/$object/$id", params: { object: "deals", id: "r" } },
    });
    expect(told("reminder", { object: "tasks", record_id: "t", name: "Call" }).title).toBe("Call is due");
  });

  it("says what came of an import, whatever its state is called", () => {
    expect(told("import_ended", { import_id: "i", file_name: "people.csv", state: "failed", counts: { created: 2, rejected: 1 } })).toEqual({
      title: "Your import of people.csv failed",
      text: "2 created, 0 updated, 1 rejected",
      target: { to: "/import/$id", params: { id: "i" } },
    });
    expect(told("import_ended", { state: "new" })).toMatchObject({ title: "Your import of something has ended", text: null, target: null });
  });

  it("leads from a webhook that was switched off to the settings", () => {
    expect(told("webhook_disabled", { url: "https://hooks.example.com", reason: "gone" })).toMatchObject({ title: "The webhook https://hooks.example.com was switched off", text: "The receiver says that it is gone for good.", target: { params: { section: "webhooks" } } });
  });
});
