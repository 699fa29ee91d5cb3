import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, Field, Input, Select } from "@/ui";
import { t } from "../texts";
import type { Dialect, Import } from "../types";
import type { Planning } from "./use-plan";

const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254"];

/** How the file is written: found out by the server, and changed where it was wrong. */
export function FileFormat({ item, planning }: { item: Import; planning: Planning }) {
  const found = item.analysis.dialect;
  const { columns } = item.analysis;
  // A single column, or none with values, is mostly a wrong delimiter.
  const suspicious = found.kind === "csv" && (columns.length < 2 || item.analysis.rows_sampled === 0);
  const [open, setOpen] = useState(suspicious);
  const [wanted, setWanted] = useState<Dialect>(found);
  const change = (part: Partial<Dialect>) => setWanted({ ...wanted, ...part });
  const summary = [found.kind.toUpperCase(), found.kind === "csv" ? found.encoding.toUpperCase() : null, found.kind === "csv" ? nameOf(found.delimiter) : null, found.sheet].filter(Boolean).join(" · ");
  const delimiters = [",", ";", "\t", "|", ...(",;\t|".includes(found.delimiter) ? [] : [found.delimiter])];
  return (
    <section>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-1.5 flex max-w-full items-center gap-1.5 rounded-md px-1.5 py-1 hover:bg-hover">
        <ChevronRight size={14} className={open ? "shrink-0 rotate-90 text-faint" : "shrink-0 text-faint"} aria-hidden="true" />
        <span className="font-medium">{t("format")}</span>
        <span className="truncate text-muted">{summary}</span>
      </button>
      {open ? (
        <div className="mt-2 rounded-lg bg-sunken p-4">
          <p className="text-xs text-faint">{t("format_hint")}</p>
          <div className="mt-3 grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {found.kind === "csv" ? (
              <>
                <Field label={t("encoding")}>
                  {({ id }) => (
                    <Select id={id} value={wanted.encoding} onChange={(encoding) => change({ encoding })} choices={[...new Set([...ENCODINGS, found.encoding])].map((value) => ({ value, label: value.toUpperCase() }))} />
                  )}
                </Field>
                <Field label={t("delimiter")}>
                  {({ id }) => <Select id={id} value={wanted.delimiter} onChange={(delimiter) => change({ delimiter })} choices={delimiters.map((value) => ({ value, label: nameOf(value) }))} />}
                </Field>
              </>
            ) : null}
            {found.kind === "xlsx" ? (
              <Field label={t("sheet")} hint={t("sheet_hint")}>
                {(control) => <Input {...control} value={wanted.sheet ?? ""} onChange={(event) => change({ sheet: event.target.value === "" ? null : event.target.value })} />}
              </Field>
            ) : null}
            {found.kind === "ndjson" ? null : (
              <>
                <Field label={t("skip_lines")}>
                  {(control) => (
                    <Input {...control} type="number" min={0} max={1000} value={wanted.skip_lines} onChange={(event) => change({ skip_lines: Math.max(0, Math.trunc(Number(event.target.value)) || 0) })} />
                  )}
                </Field>
                <span className="flex items-center gap-2 sm:pt-6">
                  <Checkbox checked={wanted.header} onChange={(header) => change({ header })} label={t("header")} />
                  <span aria-hidden="true">{t("header")}</span>
                </span>
              </>
            )}
          </div>
          <Button className="mt-4" busy={planning.saving} disabled={JSON.stringify(wanted) === JSON.stringify(found)} onClick={() => void planning.reread(wanted)}>{t("reread")}</Button>
        </div>
      ) : null}
    </section>
  );
}

function nameOf(delimiter: string): string {
  const names: Record<string, string> = { ",": t("comma"), ";": t("semicolon"), "\t": t("tab"), "|": t("pipe") };
  return names[delimiter] ?? delimiter;
}
