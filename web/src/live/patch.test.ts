import { describe, expect, it } from "vitest";
import type { KithRecord } from "@/api";
import type { Merged } from "./merged";
import { patchData, recordIds, renameLinks } from "./patch";

const base = { created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z", deleted_at: null };
const person = (id: string, version: number, more: Record<string, unknown>): KithRecord => ({ id, version, ...base, ...more });
const change = (data: KithRecord | null, version: number): Merged => ({ version, data, at: "2026-01-02T00:00:00Z", own: false, fields: new Set(), verbs: new Set(["updated"]), values: new Set() });
const page = (...data: KithRecord[]) => ({ data, page: { next_cursor: null, has_more: false } });
const nobody = () => undefined;

describe("patchData", () => {
  it("changes the members that are shown, in pages and alone, and leaves the rest as it is", () => {
    const cached = page(person("a", 1, { name: "Ada" }), person("b", 1, { name: "Ben" }));
    const { data, patched } = patchData(cached, new Map([["b", change(person("b", 2, { name: "Bea", phone: "1" }), 2)]]), nobody);
    expect(patched).toEqual(["b"]);
    expect(data).toEqual(page(person("a", 1, { name: "Ada" }), person("b", 2, { name: "Bea" })));
    expect((data as typeof cached).data[0]).toBe(cached.data[0]);
  });

  it("does nothing twice, and never goes back", () => {
    const cached = person("a", 3, { name: "Ada" });
    for (const version of [2, 3]) {
      const { data, patched } = patchData(cached, new Map([["a", change(person("a", version, { name: "Old" }), version)]]), nobody);
      expect(data).toBe(cached);
      expect(patched).toEqual([]);
    }
  });

  it("marks deleted records", () => {
    expect(patchData(person("a", 1, {}), new Map([["a", change(null, 2)]]), nobody).data).toMatchObject({ deleted_at: "2026-01-02T00:00:00Z", version: 2 });
  });

  it("keeps names of links that stay, finds those of users, and says which it doesn't know", () => {
    const cached = person("a", 1, { owner: { id: "u1", name: "Ada" }, company: { id: "c1", name: "Initech" } });
    const changed = (owner: string, company: string) => new Map([["a", change(person("a", 2, { owner: { id: owner }, company: { id: company } }), 2)]]);
    const nameOf = (id: string) => (id === "u2" ? "Grace" : undefined);
    expect(patchData(cached, changed("u2", "c1"), nameOf).data).toMatchObject({ owner: { id: "u2", name: "Grace" }, company: { id: "c1", name: "Initech" } });
    const { data, nameless } = patchData(cached, changed("u1", "c2"), nameOf);
    expect(nameless).toEqual(["a"]);
    expect(data).toBe(cached);
  });

  it("knows infinite lists and takes histories for no records", () => {
    const pages = { pages: [page(person("a", 1, { body: "x" }))], pageParams: [null] };
    expect(recordIds(pages)).toEqual(["a"]);
    expect(recordIds({ pages: [{ data: [{ id: "e", version: 1, occurred_at: "", changes: [] }], page: {} }] })).toEqual([]);
  });
});

describe("renameLinks", () => {
  it("renames what links to a record, and nothing else", () => {
    const cached = page(person("a", 1, { company: { id: "c1", name: "Old" }, others: [{ id: "c1", name: "Old" }, { id: "c2", name: "Two" }] }), person("b", 1, { company: null }));
    const renamed = renameLinks(cached, new Map([["c1", "New"]])) as typeof cached;
    expect(renamed.data[0]).toMatchObject({ company: { id: "c1", name: "New" }, others: [{ id: "c1", name: "New" }, { id: "c2", name: "Two" }] });
    expect(renamed.data[1]).toBe(cached.data[1]);
  });
});
