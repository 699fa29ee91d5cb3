import { describe, expect, it } from "vitest";
import type { ObjectType } from "@/catalog";
import { guessObject, headerOf } from "./guess";

function object(key: string, plural: string, fields: string[]): ObjectType {
  return {
    id: key, key, name: key, plural, label: key, label_plural: plural, description: "", standard: true, retired: false, version: 1,
    fields: fields.map((name) => ({ name, label: name.replaceAll("_", " "), type: "text", retired: false, read_only: false }) as ObjectType["fields"][number]),
  };
}

const OBJECTS = [
  object("company", "companies", ["name", "domain", "industry"]),
  object("person", "people", ["first_name", "last_name", "emails", "company"]),
  object("deal", "deals", ["name", "amount", "stage", "company"]),
  object("product", "products", ["name", "code", "price"]),
];

describe("guessObject", () => {
  it("reads headers of other systems", () => {
    expect(guessObject(OBJECTS, "export.csv", ["First Name", "Last Name", "Email", "Account Name"])?.key).toBe("person");
    expect(guessObject(OBJECTS, "data.csv", ["opportunity_id", "sales_agent", "product", "account", "deal_stage", "close_date"])?.key).toBe("deal");
    expect(guessObject(OBJECTS, "accounts.csv", ["account", "sector", "revenue"])?.key).toBe("company");
    expect(guessObject(OBJECTS, "products.xlsx", [])?.key).toBe("product");
  });

  it("says so where nothing tells", () => {
    expect(guessObject(OBJECTS, "x.csv", ["foo", "bar"])).toBeNull();
  });
});

describe("headerOf", () => {
  it("finds the delimiter, and leaves workbooks alone", async () => {
    expect(await headerOf(new File(['"Name";"E-Mail"\r\na;b'], "a.csv"))).toEqual(["Name", "E-Mail"]);
    expect(await headerOf(new File(['{"name": "a", "city": "b"}\n'], "a.ndjson"))).toEqual(["name", "city"]);
    expect(await headerOf(new File([new Uint8Array([0x50, 0x4b, 3, 4])], "a.xlsx"))).toEqual([]);
  });
});
