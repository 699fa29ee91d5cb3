import { listRecords } from "@/api";

export type Format = "csv" | "xlsx" | "ndjson";

export interface ExportRequest {
  /** The plural name. */
  object: string;
  filter?: string | undefined;
  sort?: string | undefined;
  /** The columns; all of them where there is none. */
  fields?: string | undefined;
  format: Format;
  headers: "names" | "labels";
}

/**
 * Has the browser load the file as it is made: it never stands in memory as a whole. What the server
 * would refuse is asked first, since a download has no place to show it.
 */
export async function download(request: ExportRequest): Promise<void> {
  const { object, filter, sort, fields, format, headers } = request;
  await listRecords(object, { filter, sort, fields, limit: 1, count: "none" });
  const query = new URLSearchParams({ format, headers });
  for (const [name, value] of Object.entries({ filter, sort, fields })) {
    if (value !== undefined && value !== "") query.set(name, value);
  }
  const link = document.createElement("a");
  link.href = `/api/v1/${object}/export?${query.toString()}`;
  link.download = `${object}.${format}`;
  document.body.append(link);
  link.click();
  link.remove();
}
