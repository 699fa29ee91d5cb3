import type { components } from "@/api";
import { type Catalog, type Field, fieldOf, isLink, liveFields, type ObjectType } from "@/catalog";

export type SavedView = components["schemas"]["View"];
export type ViewKind = SavedView["kind"];
export type Density = SavedView["density"];
export type FooterKind = "count" | "sum" | "avg" | "min" | "max";

export interface ColumnState {
  /** A field, or one of a related record: `company.industry`. */
  field: string;
  width: number | null;
  pinned: boolean;
}

/** What a list shows and how. */
export interface ListView {
  kind: ViewKind;
  columns: ColumnState[];
  filter: string | null;
  sort: string[];
  groupBy: string | null;
  dateField: string | null;
  density: Density;
  footers: Record<string, FooterKind>;
}

/** A column that can be shown: the field, and over which relation it is reached. */
export interface Column {
  path: string;
  field: Field;
  via: Field | null;
  label: string;
  width: number;
  pinned: boolean;
}

const WIDTHS: Partial<Record<Field["type"], number>> = {
  text: 180,
  long_text: 260,
  number: 110,
  decimal: 110,
  currency: 140,
  boolean: 90,
  date: 136,
  datetime: 150,
  rating: 110,
  emails: 230,
  phones: 160,
  links: 180,
  address: 240,
  user: 160,
  relation: 190,
  relations: 220,
  any_relation: 200,
};

const NAME_WIDTH = 260;

/** How wide a field's column is until somebody says otherwise. */
export function defaultWidth(field: Field): number {
  return field.name === "name" ? NAME_WIDTH : (WIDTHS[field.type] ?? 150);
}

/** How many fields a list shows until somebody says otherwise. */
const SHOWN = 8;

/** What each object's list shows before anybody chose, most telling fields first. */
export function defaultView(object: ObjectType): ListView {
  // Parts of the name and long texts say little in a table.
  const useful = liveFields(object).filter(
    (field) => field.name !== "name" && !/^(first_name|last_name)$/.test(field.name) && !["long_text", "json", "relations"].includes(field.type) && field.object !== "pipeline" && !UNTELLING.has(field.name),
  );
  const owner = useful.find((field) => field.name === "owner");
  const own = useful.filter((field) => field !== owner).slice(0, SHOWN);
  const name = fieldOf(object, "name");
  const chosen = [...(name ? [name] : []), ...own, ...(owner ? [owner] : [])];
  const stage = object.fields.find((field) => field.type === "relation" && field.object === "stage" && !field.retired);
  return {
    kind: "table",
    columns: chosen.map((field) => ({ field: field.name, width: null, pinned: field.name === "name" })),
    filter: null,
    sort: [],
    groupBy: stage?.name ?? object.fields.find((field) => field.type === "select" && !field.retired)?.name ?? null,
    dateField: dateFields(object)[0]?.name ?? null,
    density: "regular",
    footers: {},
  };
}

const UNTELLING = new Set(["version", "external_id", "created_by", "updated_by", "updated_at", "deleted_at", "created_at"]);

/** The fields by which a calendar can show records, the most telling first. */
export function dateFields(object: ObjectType): Field[] {
  const dates = liveFields(object).filter((field) => field.type === "date" || field.type === "datetime");
  const rank = (field: Field) => (/close|due/.test(field.name) && !field.read_only ? 0 : field.read_only ? 2 : 1);
  return dates.toSorted((one, other) => rank(one) - rank(other));
}

/** The fields by which a board can group: stages first, then selects. */
export function groupFields(object: ObjectType): Field[] {
  const fields = liveFields(object).filter((field) => field.type === "select" || (field.type === "relation" && field.object === "stage"));
  return fields.toSorted((one, other) => Number(other.type === "relation") - Number(one.type === "relation"));
}

export function fromSaved(view: SavedView): ListView {
  return {
    kind: view.kind,
    columns: view.columns.map((column) => ({ field: column.field, width: column.width ?? null, pinned: column.pinned ?? false })),
    filter: view.filter,
    sort: view.sort,
    groupBy: view.group_by,
    dateField: view.date_field,
    density: view.density,
    footers: view.footers,
  };
}

/** The members of a view as the server takes them. */
export function toSaved(view: ListView) {
  return {
    kind: view.kind,
    columns: view.columns.map(({ field, width, pinned }) => ({ field, width, pinned })),
    filter: view.filter,
    sort: view.sort,
    group_by: view.groupBy,
    date_field: view.dateField,
    density: view.density,
    footers: view.footers,
  };
}

/** The field at a path: of the object, or over one relation. */
export function resolvePath(catalog: Catalog, object: ObjectType, path: string): { field: Field; via: Field | null } | null {
  const [first = "", second, ...more] = path.split(".");
  const own = fieldOf(object, first);
  if (own === undefined || own.retired || more.length > 0) return null;
  if (second === undefined) return { field: own, via: null };
  const target = own.type === "relation" ? catalog.target(own) : undefined;
  const field = target && fieldOf(target, second);
  return field === undefined || field.retired ? null : { field, via: own };
}

/** The columns that can be shown, pinned ones first. What was retired meanwhile is left out. */
export function resolveColumns(catalog: Catalog, object: ObjectType, states: readonly ColumnState[]): Column[] {
  const columns = states.flatMap((state): Column[] => {
    const found = resolvePath(catalog, object, state.field);
    if (found === null) return [];
    const { field, via } = found;
    return [{ path: state.field, field, via, label: via === null ? field.label : `${via.label} · ${field.label}`, width: state.width ?? defaultWidth(field), pinned: state.pinned }];
  });
  return [...columns.filter((column) => column.pinned), ...columns.filter((column) => !column.pinned)];
}

/** The `fields` parameter for columns: linked records with their names and what is shown of them. */
export function columnSelection(columns: readonly Column[], more: readonly string[] = []): string {
  const linked = new Map<string, Set<string>>();
  const plain = new Set(["version", "created_at", "updated_at", "deleted_at", ...more]);
  for (const { field, via } of columns) {
    const root = via ?? field;
    if (!isLink(root)) {
      plain.add(root.name);
      continue;
    }
    const names = linked.get(root.name) ?? new Set(["name"]);
    if (via !== null) names.add(field.name);
    linked.set(root.name, names);
  }
  return [...plain, ...[...linked].map(([name, names]) => `${name}(${[...names].join(",")})`)].join(",");
}

/** The value that a record has in a column. */
export function columnValue(column: Pick<Column, "field" | "via">, record: Readonly<Record<string, unknown>>): unknown {
  if (column.via === null) return record[column.field.name];
  const related = record[column.via.name];
  if (typeof related !== "object" || related === null) return null;
  return (related as Record<string, unknown>)[column.field.name];
}

const UNSORTABLE = new Set(["json", "address", "multi_select", "emails", "phones", "links", "relations", "any_relation", "long_text"]);

/** What `sort` says for a column; null where the server has no order for it. */
export function sortPath(column: Pick<Column, "field" | "via" | "path">): string | null {
  const { field, path } = column;
  if (UNSORTABLE.has(field.type)) return null;
  if (field.type === "user") return `${path}.name`;
  if (field.type === "relation") return `${path}.${field.object === "stage" ? "position" : "name"}`;
  return path;
}
