import type { Selection } from "@/list/selection";
import { both } from "@/list/both";

/** Where the file with the chosen records is. */
export function exportAddress(plural: string, format: "csv" | "xlsx" | "ndjson", selection: Selection, filter: string | null, sort: string | undefined): string {
  const ids = (set: ReadonlySet<string>) => `id in [${[...set].map((id) => JSON.stringify(id)).join(", ")}]`;
  const chosen = selection.kind === "some" ? ids(selection.ids) : selection.except.size === 0 ? filter : both(filter, `!(${ids(selection.except)})`);
  const query = new URLSearchParams({ format, ...(chosen === null ? {} : { filter: chosen }), ...(sort ? { sort } : {}) });
  return `/api/v1/${plural}/export?${query.toString()}`;
}
