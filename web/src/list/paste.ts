import { asProblem, batch, call, getRecord, type KithRecord, listRecords, type Operation } from "@/api";
import { type Catalog, type Field, fullSelection, isEditable, type ObjectType } from "@/catalog";
import { toastUndo } from "@/commands";
import { patchCached, refreshTotals } from "@/edit";
import { toast } from "@/ui";
import { inputOf, parseText, sameValue } from "@/values";
import type { Column } from "@/views";
import { t } from "./texts";

/** A change of one record by a pasted block. */
interface Change {
  record: KithRecord;
  fields: { field: Field; value: unknown }[];
}

/** Fills the cells from `column` on in the given records with a block from a spreadsheet. */
export async function pasteBlock(catalog: Catalog, object: ObjectType, records: readonly KithRecord[], columns: readonly Column[], cells: readonly (readonly string[])[]): Promise<void> {
  try {
    const changes: Change[] = [];
    for (const [place, record] of records.entries()) {
      const fields: Change["fields"] = [];
      for (const [offset, text] of (cells[place] ?? []).entries()) {
        const column = columns[offset];
        if (column === undefined || column.via !== null || !isEditable(column.field)) continue;
        const value = await resolve(catalog, column.field, text, record[column.field.name]);
        if (!sameValue(column.field, record[column.field.name], value)) fields.push({ field: column.field, value });
      }
      if (fields.length > 0) changes.push({ record, fields });
    }
    if (changes.length > 0) await apply(object, changes);
  } catch (error) {
    toast({ title: t("paste_failed"), text: asProblem(error).detail, kind: "error" });
  }
}

/** What a pasted text means; names of linked records are looked up. */
async function resolve(catalog: Catalog, field: Field, text: string, current: unknown): Promise<unknown> {
  const parsed = parseText(field, text, current);
  if (parsed.kind === "value") return parsed.value;
  const plural = field.type === "user" ? "users" : catalog.target(field)?.plural;
  if (plural === undefined) throw new Error(t("paste_unknown", { name: parsed.name }));
  const names = field.type === "relations" ? parsed.name.split(",").map((name) => name.trim()) : [parsed.name];
  const found = await Promise.all(names.map((name) => byName(plural, name)));
  return field.type === "relations" ? found : found[0];
}

async function byName(plural: string, name: string): Promise<{ id: string; name: string }> {
  if (plural === "users") {
    const { data } = await call<{ data: { id: string; name: string }[] }>("GET", "/users", { query: { search: name, limit: 50 } });
    const user = data.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (user === undefined) throw new Error(t("paste_unknown", { name }));
    return { id: user.id, name: user.name };
  }
  const { data } = await listRecords(plural, { filter: `lower(name) == ${JSON.stringify(name.toLowerCase())}`, fields: "name", limit: 1, count: "none" });
  const record = data[0];
  if (record === undefined) throw new Error(t("paste_unknown", { name }));
  return { id: record.id, name: String(record.name) };
}

async function apply(object: ObjectType, changes: readonly Change[]): Promise<void> {
  const { plural } = object;
  for (const { record, fields } of changes) {
    patchCached(plural, record.id, (cached) => ({ ...cached, ...Object.fromEntries(fields.map(({ field, value }) => [field.name, value])) }));
  }
  try {
    const versions = await write(plural, changes.map(({ record, fields }) => ({ record, fields, version: record.version })));
    toastUndo(t("pasted", { count: changes.length }), async () => {
      await write(
        plural,
        changes.map(({ record, fields }, place) => ({ record, fields: fields.map(({ field }) => ({ field, value: record[field.name] })), version: versions[place] ?? record.version })),
      );
      for (const { record } of changes) await reload(object, record.id);
    });
  } catch (error) {
    for (const { record } of changes) patchCached(plural, record.id, () => record);
    throw error;
  } finally {
    refreshTotals(plural);
  }
}

/** Writes all changes or none, 200 records at a time, and gives the new versions. */
async function write(plural: string, changes: readonly (Change & { version: number })[]): Promise<number[]> {
  const versions: number[] = [];
  for (let start = 0; start < changes.length; start += 200) {
    const part = changes.slice(start, start + 200);
    const operations = part.map(({ record, fields, version }): Operation => ({
      op: "update",
      object: plural,
      id: record.id,
      if_version: version,
      data: Object.fromEntries(fields.map(({ field, value }) => [field.name, inputOf(field, value)])),
    }));
    const { results } = await batch(operations);
    for (const [place, { record }] of results.entries()) {
      versions.push(record.version);
      const id = part[place]?.record.id;
      if (id !== undefined) patchCached(plural, id, (cached) => ({ ...cached, version: record.version, updated_at: record.updated_at }));
    }
  }
  return versions;
}

async function reload(object: ObjectType, id: string): Promise<void> {
  const current = await getRecord(object.plural, id, { fields: fullSelection(object) });
  patchCached(object.plural, id, (cached) => ({ ...cached, ...Object.fromEntries(Object.keys(cached).flatMap((name) => (name in current ? [[name, current[name]]] : []))) }));
}
