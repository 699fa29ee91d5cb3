import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { asProblem, listRecords } from "@/api";
import type { ObjectType } from "@/catalog";
import { formatCount } from "@/format";
import { Banner, Button, Segmented, toast } from "@/ui";
import { download, type Format } from "./download";
import { t } from "./texts";

export interface ExportFormProps {
  object: ObjectType;
  filter?: string | undefined;
  sort?: string | undefined;
  /** The columns of the list, as the `fields` parameter; where there are none, all are exported. */
  fields?: string | undefined;
  onDone?: (() => void) | undefined;
  onCancel?: (() => void) | undefined;
}

/** What a file is to hold, and in which form. */
export function ExportForm({ object, filter, sort, fields, onDone, onCancel }: ExportFormProps) {
  const [format, setFormat] = useState<Format>("csv");
  const [columns, setColumns] = useState<"current" | "all">(fields === undefined || fields === "" ? "all" : "current");
  const [headers, setHeaders] = useState<"labels" | "names">("labels");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const count = useQuery({
    queryKey: ["export-count", object.plural, filter ?? ""],
    queryFn: ({ signal }) => listRecords(object.plural, { filter, fields: "id", limit: 1 }, signal),
  });
  const refused = count.error === null ? null : asProblem(count.error).detail;
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await download({ object: object.plural, filter, sort, fields: columns === "all" ? undefined : fields, format, headers: format === "ndjson" ? "names" : headers });
      toast({ title: t("started") });
      onDone?.();
    } catch (error) {
      setProblem(asProblem(error).detail);
    } finally {
      setBusy(false);
    }
  };
  const found = count.data?.count;
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {problem ?? refused ? <Banner kind="error">{problem ?? refused}</Banner> : null}
      <div>
        <p className="text-base font-medium" aria-live="polite">{found === undefined ? (refused === null ? t("counting") : "") : t("count", { count: found.value, n: formatCount(found) })}</p>
        <p className="text-muted">{filter ? t("filtered") : t("all_records", { objects: object.label_plural.toLowerCase() })}</p>
        {filter ? <code className="mt-2 block max-h-24 overflow-auto rounded-md bg-sunken px-2 py-1 text-xs break-words">{filter}</code> : null}
      </div>
      <Choice label={t("format")} hint={t(`${format}_hint`)}>
        {(label) => (
          <Segmented<Format>
            label={label}
            value={format}
            onChange={setFormat}
            choices={[
              { value: "csv", label: t("csv") },
              { value: "xlsx", label: t("xlsx") },
              { value: "ndjson", label: t("ndjson") },
            ]}
          />
        )}
      </Choice>
      {fields === undefined || fields === "" ? null : (
        <Choice label={t("columns")}>
          {(label) => (
            <Segmented
              label={label}
              value={columns}
              onChange={setColumns}
              choices={[
                { value: "current", label: t("columns_current") },
                { value: "all", label: t("columns_all") },
              ]}
            />
          )}
        </Choice>
      )}
      {format === "ndjson" ? null : (
        <Choice label={t("headers")}>
          {(label) => (
            <Segmented
              label={label}
              value={headers}
              onChange={setHeaders}
              choices={[
                { value: "labels", label: t("headers_labels") },
                { value: "names", label: t("headers_names") },
              ]}
            />
          )}
        </Choice>
      )}
      <div className="flex justify-end gap-2">
        {onCancel === undefined ? null : <Button onClick={onCancel}>{t("cancel")}</Button>}
        <Button type="submit" variant="primary" busy={busy} disabled={refused !== null}>{t("download")}</Button>
      </div>
    </form>
  );
}

function Choice({ label, hint, children }: { label: string; hint?: string; children: (label: string) => React.ReactNode }) {
  const id = useId();
  return (
    <div>
      <p id={id} className="mb-1 text-xs font-medium text-muted">{label}</p>
      {children(label)}
      {hint === undefined ? null : <p className="mt-1 text-xs text-faint">{hint}</p>}
    </div>
  );
}
