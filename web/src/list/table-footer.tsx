import { clsx } from "clsx";
import { memo } from "react";
import type { Count } from "@/api";
import type { ObjectType } from "@/catalog";
import { formatCount } from "@/format";
import { Menu, MenuRadio } from "@/ui";
import type { Column, FooterKind } from "@/views";
import { CHECK_WIDTH } from "./table-row";
import { t } from "./texts";
import { footerKinds, type Totals } from "./use-totals";

export const FOOTER_HEIGHT = 32;

export interface TableFooterProps {
  object: ObjectType;
  columns: readonly Column[];
  offsets: readonly (number | null)[];
  count: Count | undefined;
  footers: Readonly<Record<string, FooterKind>>;
  totals: Totals;
  onChange: (path: string, kind: FooterKind | null) => void;
}

/** What is calculated below the columns. */
export const TableFooter = memo(function TableFooter({ object, columns, offsets, count, footers, totals, onChange }: TableFooterProps) {
  return (
    <div role="rowgroup" className="sticky bottom-0 z-10 w-full">
      <div role="row" className="flex" style={{ height: FOOTER_HEIGHT }}>
        <div role="presentation" className="sticky left-0 z-12 shrink-0 border-t border-line bg-sunken" style={{ width: CHECK_WIDTH }} />
        {columns.map((column, place) => {
          const offset = offsets[place] ?? null;
          const kind = footers[column.path];
          const kinds = column.via === null ? footerKinds(column.field) : [];
          return (
            <div
              key={column.path}
              role="gridcell"
              style={{ width: column.width, ...(offset === null ? {} : { left: offset }) }}
              className={clsx("group/foot flex shrink-0 items-center justify-end border-t border-line bg-sunken px-2.5 text-xs", offset !== null && "sticky z-11", offset !== null && offsets[place + 1] === null && "border-r", column.path === "name" && "justify-start!")}
            >
              {column.path === "name" ? (
                <span className="truncate text-muted">
                  {count === undefined ? "" : t("total", { count: count.exact ? count.value : 2, n: formatCount(count), object: object.label.toLowerCase(), objects: object.label_plural.toLowerCase() })}
                </span>
              ) : kinds.length === 0 ? null : (
                <Menu
                  side="top"
                  align="end"
                  trigger={
                    <button
                      type="button"
                      className={clsx("flex h-6 max-w-full items-center gap-1.5 rounded-sm px-1 text-muted hover:bg-hover", kind === undefined && "opacity-0 group-hover/foot:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100")}
                    >
                      <span className="sr-only">{`${column.label}: `}</span>
                      {kind === undefined ? (
                        t("calculate")
                      ) : (
                        <>
                          <span className="text-faint">{t(kind)}</span>
                          <span className="truncate font-medium text-text" title={totals.of(column, kind) ?? undefined}>{shortTotal(totals, column, kind)}</span>
                        </>
                      )}
                    </button>
                  }
                >
                  <MenuRadio<FooterKind | "none">
                    value={kind ?? "none"}
                    onChange={(next) => onChange(column.path, next === "none" ? null : next)}
                    choices={[{ value: "none", label: t("none") }, ...kinds.map((value) => ({ value, label: t(value) }))]}
                  />
                </Menu>
              )}
            </div>
          );
        })}
        <div role="presentation" className="min-w-0 flex-1 border-t border-line bg-sunken" />
      </div>
    </div>
  );
});

/** How wide a letter of the footer is, about, and what else stands beside the total. */
const LETTER = 7;
const BESIDE = 70;

/** A total as long as it fits, else its first digits: the whole one stands in its title. */
function shortTotal(totals: Totals, column: Column, kind: FooterKind): string {
  const whole = totals.of(column, kind) ?? "…";
  return whole.length * LETTER > column.width - BESIDE ? (totals.of(column, kind, true) ?? "…") : whole;
}
