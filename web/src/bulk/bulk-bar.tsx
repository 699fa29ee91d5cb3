import { Download, Pencil, Trash2, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Count } from "@/api";
import { type ObjectType, useCatalog } from "@/catalog";
import { formatCount } from "@/format";
import { NOTHING, type Selection, sizeOf } from "@/list/selection";
import { Button, IconButton, Menu, MenuItem } from "@/ui";
import { exportAddress } from "./export-address";
import { runBulk } from "./jobs";
import { t } from "./texts";

const EditDialog = lazy(() => import("./edit-dialog").then((module) => ({ default: module.EditDialog })));

export interface BulkBarProps {
  object: ObjectType;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  count: Count | undefined;
  filter: string | null;
  sort: string | undefined;
  readOnly: boolean;
}

/** What can be done with the records that are chosen. */
export function BulkBar({ object, selection, onSelection, count, filter, sort, readOnly }: BulkBarProps) {
  const catalog = useCatalog();
  const [editing, setEditing] = useState(false);
  const size = sizeOf(selection, count);
  const number = size === null ? t("many") : formatCount(size);
  const run = async (action: "update" | "delete", values?: Record<string, unknown>, lists?: "replace" | "add") => {
    const begun = await runBulk(catalog, { object: object.plural, action, selection, filter, ...(values === undefined ? {} : { values }), ...(lists === undefined ? {} : { lists }) });
    if (begun) onSelection(NOTHING);
    return begun;
  };
  const download = (format: "csv" | "xlsx" | "ndjson") => globalThis.location.assign(exportAddress(object.plural, format, selection, filter, sort));
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-12 z-20 flex justify-center px-3">
      <div role="toolbar" aria-label={t("bar")} className="pointer-events-auto flex max-w-full flex-wrap items-center gap-1 rounded-xl border border-line-strong bg-raised p-1.5 shadow-lg">
        <span className="px-2 font-medium" role="status">
          {selection.kind === "all" && selection.except.size === 0 ? (size === null ? t("all_selected_unknown") : t("all_selected", { n: number })) : t("selected", { count: size?.value ?? 2, n: number })}
        </span>
        {selection.kind === "some" ? (
          <Button size="sm" variant="ghost" className="text-accent-text!" onClick={() => onSelection({ kind: "all", except: new Set() })}>
            {count === undefined ? t("select_all_unknown") : t("select_all", { n: formatCount(count) })}
          </Button>
        ) : null}
        <span className="mx-1 h-4 w-px bg-line-strong" aria-hidden="true" />
        {readOnly ? null : <Button size="sm" variant="ghost" icon={<Pencil size={13} />} onClick={() => setEditing(true)}>{t("edit")}</Button>}
        <Menu side="top" trigger={<Button size="sm" variant="ghost" icon={<Download size={13} />}>{t("export")}</Button>}>
          <MenuItem onSelect={() => download("csv")}>{t("csv")}</MenuItem>
          <MenuItem onSelect={() => download("xlsx")}>{t("xlsx")}</MenuItem>
          <MenuItem onSelect={() => download("ndjson")}>{t("ndjson")}</MenuItem>
        </Menu>
        {readOnly ? null : <Button size="sm" variant="ghost" className="text-danger-text!" icon={<Trash2 size={13} />} onClick={() => void run("delete")}>{t("delete")}</Button>}
        <IconButton size="sm" label={t("clear")} icon={<X size={14} />} shortcut="escape" onClick={() => onSelection(NOTHING)} />
      </div>
      {editing ? (
        <Suspense>
          <EditDialog object={object} number={number} onApply={(values, lists) => run("update", values, lists)} onClose={() => setEditing(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
