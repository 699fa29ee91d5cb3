import { expect, test } from "vitest";
import { identity, isSameName } from "./likely-same";

test("names that people write differently are the same", () => {
  expect(isSameName("Acme", "ACME GmbH")).toBe(true);
  expect(isSameName("Müller & Söhne", "Muller Sohne Ltd.")).toBe(true);
  expect(isSameName("Jean-Pierre Dupont", "jean pierre dupont")).toBe(true);
});

test("a common beginning alone makes no duplicate", () => {
  expect(isSameName("Ann", "Annabelle Featherstonehaugh")).toBe(false);
  expect(isSameName("", "")).toBe(false);
  expect(isSameName("GmbH", "Ltd")).toBe(false);
});

test("people are known by both their names, companies by their domain", () => {
  expect(identity({ first_name: " Ada ", last_name: "Lovelace", emails: ["ada@example.org"] })).toEqual({ name: "Ada Lovelace", address: "ada@example.org" });
  expect(identity({ name: "Acme", domain: "acme.example" })).toEqual({ name: "Acme", address: "acme.example" });
  expect(identity({ emails: ["nothing yet"] })).toEqual({ name: "", address: "" });
});
