import { clsx } from "clsx";
import { FileSpreadsheet, FileUp } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { formatNumber } from "@/format";
import { Button } from "@/ui";
import { t } from "./texts";

export interface DropZoneProps {
  file: File | null;
  disabled: boolean;
  onFile: (file: File) => void;
  onRefused: (reason: string) => void;
}

/** Takes a file by drag and drop, or by the browser's dialog. */
export function DropZone({ file, disabled, onFile, onRefused }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  // A file dropped beside the zone would otherwise take the page's place.
  useEffect(() => {
    const prevent = (event: Event) => event.preventDefault();
    window.addEventListener("dragover", prevent);
    window.addEventListener("drop", prevent);
    return () => {
      window.removeEventListener("dragover", prevent);
      window.removeEventListener("drop", prevent);
    };
  }, []);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (disabled) return;
    const entry = event.dataTransfer.items[0]?.webkitGetAsEntry?.();
    const dropped = event.dataTransfer.files[0];
    if (entry?.isDirectory) onRefused(t("not_a_file"));
    else if (dropped !== undefined) onFile(dropped);
  };
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={clsx(
        "flex items-center rounded-xl border border-dashed transition-colors",
        over ? "border-accent bg-accent-soft" : "border-line-strong bg-sunken",
        file === null ? "flex-col justify-center px-6 py-12 text-center" : "gap-3 px-4 py-3",
      )}
    >
      <input
        ref={input}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("choose_file")}
        accept=".csv,.tsv,.txt,.xlsx,.ndjson,.jsonl,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        disabled={disabled}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen !== undefined) onFile(chosen);
          // The same file may be chosen again after it was changed.
          event.target.value = "";
        }}
      />
      {file === null ? (
        <>
          <FileUp size={24} strokeWidth={1.5} className="text-muted" aria-hidden="true" />
          <p className="mt-3 text-base font-medium">{over ? t("drop_now") : t("drop")}</p>
          <p className="text-muted">{t("or_choose")}</p>
          <Button className="mt-4" onClick={() => input.current?.click()}>{t("choose_file")}</Button>
        </>
      ) : (
        <>
          <FileSpreadsheet size={20} strokeWidth={1.5} className="shrink-0 text-muted" aria-hidden="true" />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium" dir="auto">{file.name}</span>
            <span className="block text-xs text-faint">{sizeOf(file.size)}</span>
          </span>
          <Button disabled={disabled} onClick={() => input.current?.click()}>{t("another_file")}</Button>
        </>
      )}
    </div>
  );
}

export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${formatNumber(bytes)} B`;
  if (bytes < 1_000_000) return `${formatNumber(bytes / 1_000, 0)} kB`;
  return `${formatNumber(bytes / 1_000_000, 1)} MB`;
}
