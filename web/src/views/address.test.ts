import { describe, expect, test } from "vitest";
import { applyOverrides, isChanged, overridesFor, readColumns, writeColumns } from "./address";
import type { ListView } from "./model";

const BASE: ListView = {
  kind: "table",
  columns: [{ field: "name", width: null, pinned: true }, { field: "company.industry", width: 200, pinned: false }],
  filter: "amount > 10",
  sort: ["-amount"],
  groupBy: "stage",
  dateField: null,
  density: "regular",
  footers: { amount: "sum" },
};

describe("a view and its address", () => {
  test("an unchanged view leaves the address alone", () => {
    expect(isChanged(overridesFor(BASE, BASE))).toBe(false);
    expect(applyOverrides(BASE, {})).toEqual(BASE);
  });

  const changes: Partial<ListView>[] = [
    { filter: null },
    { filter: 'name == "a,b~c"' },
    { sort: [] },
    { sort: ["name", "-amount"] },
    { columns: [{ field: "amount", width: 90, pinned: false }] },
    { footers: {} },
    { footers: { amount: "avg", name: "count" } },
    { kind: "board", density: "compact", groupBy: "kind", dateField: "closed_on" },
  ];
  test.each(changes)("a change survives the address: %j", (change) => {
    const wanted = { ...BASE, ...change };
    const overrides = overridesFor(BASE, wanted);
    expect(isChanged(overrides)).toBe(true);
    expect(applyOverrides(BASE, overrides)).toEqual(wanted);
  });

  test("nonsense in an address is left out", () => {
    expect(readColumns("name~9~p,,amount~9999~x")).toEqual([{ field: "name", width: null, pinned: true }, { field: "amount", width: null, pinned: false }]);
    expect(writeColumns(readColumns("name~260~p"))).toBe("name~260~p");
  });
});
