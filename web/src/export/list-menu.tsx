import { useNavigate } from "@tanstack/react-router";
import { Box, Download, Ellipsis, Trash2, Upload } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { type Field, isLink, type ObjectType } from "@/catalog";
import { IconButton, Menu, MenuItem, MenuSeparator } from "@/ui";
import { t } from "./texts";

const ExportDialog = lazy(() => import("./export-dialog").then((module) => ({ default: module.ExportDialog })));

export interface ListMenuProps {
  object: ObjectType;
  /** The list's columns; `via` is the relation through which a column of another object is shown. */
  columns: readonly { field: Field; via: Field | null }[];
  filter: string | null;
  sort: string | undefined;
  readOnly: boolean;
}

/** What can be done with the records of a list as a whole. */
export function ListMenu({ object, columns, filter, sort, readOnly }: ListMenuProps) {
  const navigate = useNavigate();
  const [exporting, setExporting] = useState(false);
  return (
    <>
      <Menu align="end" trigger={<IconButton label={t("more_for", { objects: object.label_plural.toLowerCase() })} icon={<Ellipsis size={15} />} />}>
        {readOnly ? null : (
          <MenuItem icon={<Upload size={14} />} onSelect={() => void navigate({ to: "/import", search: { object: object.plural } })}>{t("import_into", { objects: object.label_plural.toLowerCase() })}</MenuItem>
        )}
        <MenuItem icon={<Download size={14} />} onSelect={() => setExporting(true)}>{t("export_more")}</MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Box size={14} />} onSelect={() => void navigate({ to: "/settings/$section/$item", params: { section: "objects", item: object.name } })}>{t("fields")}</MenuItem>
        <MenuItem icon={<Trash2 size={14} />} onSelect={() => void navigate({ to: "/bin", search: { object: object.plural } })}>{t("bin")}</MenuItem>
      </Menu>
      {exporting ? (
        <Suspense>
          <ExportDialog open onClose={() => setExporting(false)} object={object} filter={filter ?? undefined} sort={sort} fields={fieldsOf(columns)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** The `fields` parameter in the columns' order, linked records by their names. */
export function fieldsOf(columns: ListMenuProps["columns"]): string {
  const fields = new Map<string, Set<string>>();
  for (const { field, via } of columns) {
    const root = via ?? field;
    const members = fields.get(root.name) ?? new Set(isLink(root) ? ["name"] : []);
    if (via !== null) members.add(field.name);
    fields.set(root.name, members);
  }
  return [...fields].map(([name, members]) => (members.size === 0 ? name : `${name}(${[...members].join(",")})`)).join(",");
}
