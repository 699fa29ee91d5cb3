import type { ColumnState, Density, FooterKind, ListView, ViewKind } from "./model";

/** What of a view stands in the page's address: only what differs from the saved view. */
export interface ViewOverrides {
  kind?: ViewKind | undefined;
  filter?: string | undefined;
  sort?: string | undefined;
  group?: string | undefined;
  date?: string | undefined;
  columns?: string | undefined;
  density?: Density | undefined;
  footers?: string | undefined;
}

/** `name~260~p,amount`: fields with their widths, `p` for pinned. */
export function writeColumns(columns: readonly ColumnState[]): string {
  return columns.map(({ field, width, pinned }) => `${field}${width === null ? "" : `~${width}`}${pinned ? "~p" : ""}`).join(",");
}

export function readColumns(text: string): ColumnState[] {
  return text.split(",").filter(Boolean).map((item) => {
    const [field = "", ...rest] = item.split("~");
    const width = rest.map(Number).find((number) => number >= 40 && number <= 2000);
    return { field, width: width ?? null, pinned: rest.includes("p") };
  });
}

const FOOTERS: readonly string[] = ["count", "sum", "avg", "min", "max"];

export function writeFooters(footers: Readonly<Record<string, FooterKind>>): string {
  return Object.entries(footers).map(([field, kind]) => `${field}~${kind}`).join(",");
}

export function readFooters(text: string): Record<string, FooterKind> {
  const pairs = text.split(",").map((item) => item.split("~"));
  return Object.fromEntries(pairs.filter((pair): pair is [string, FooterKind] => pair.length === 2 && pair[0] !== "" && FOOTERS.includes(pair[1] ?? "")));
}

/** A view with what the address says instead. */
export function applyOverrides(base: ListView, search: ViewOverrides): ListView {
  return {
    kind: search.kind ?? base.kind,
    filter: search.filter === undefined ? base.filter : search.filter === "" ? null : search.filter,
    sort: search.sort === undefined ? base.sort : search.sort.split(",").filter(Boolean),
    groupBy: search.group ?? base.groupBy,
    dateField: search.date ?? base.dateField,
    columns: search.columns === undefined ? base.columns : readColumns(search.columns),
    density: search.density ?? base.density,
    footers: search.footers === undefined ? base.footers : readFooters(search.footers),
  };
}

/** What the address has to say so that `base` becomes `wanted`. */
export function overridesFor(base: ListView, wanted: ListView): ViewOverrides {
  const changed = <Value>(value: Value, other: Value) => (value === other ? undefined : value);
  return {
    kind: changed(wanted.kind, base.kind),
    filter: changed(wanted.filter ?? "", base.filter ?? ""),
    sort: changed(wanted.sort.join(","), base.sort.join(",")),
    group: changed(wanted.groupBy, base.groupBy) ?? undefined,
    date: changed(wanted.dateField, base.dateField) ?? undefined,
    columns: changed(writeColumns(wanted.columns), writeColumns(base.columns)),
    density: changed(wanted.density, base.density),
    footers: changed(writeFooters(wanted.footers), writeFooters(base.footers)),
  };
}

export function isChanged(overrides: ViewOverrides): boolean {
  return Object.values(overrides).some((value) => value !== undefined);
}
