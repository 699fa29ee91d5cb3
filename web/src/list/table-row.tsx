import { clsx } from "clsx";
import { Clock } from "lucide-react";
import { type ComponentType, lazy, memo, Suspense } from "react";
import type { KithRecord } from "@/api";
import { type Field, type ObjectType, recordName } from "@/catalog";
import { type CellEditorProps, type EditEnd, isRightAligned, RecordLink, Value } from "@/values";
import { type Column, columnValue } from "@/views";
import { RowCheck } from "./row-check";
import { t } from "./texts";

const LazyEditor = lazy(() => import("@/values/cell-editor").then((module) => ({ default: module.CellEditor })));
let loaded: ComponentType<CellEditorProps> | null = null;

/** Has the editor ready before somebody types: then it is there with the first key. */
export function preloadEditor(): void {
  void import("@/values/cell-editor").then((module) => {
    loaded = module.CellEditor;
  });
}

export const CHECK_WIDTH = 40;

export interface Editing {
  column: number;
  initialText?: string | undefined;
  /** What the editor begins with instead of the record's value. */
  value?: unknown;
  /** The record as it was when one began: somebody else's change meanwhile is a conflict. */
  base: KithRecord;
}

export interface TableRowProps {
  object: ObjectType;
  record: KithRecord | undefined;
  row: number;
  top: number;
  height: number;
  columns: readonly Column[];
  /** Where pinned columns stand. */
  offsets: readonly (number | null)[];
  /** The column of the active cell, if it is in this row. */
  active: number | null;
  editing: Editing | null;
  selected: boolean;
  peeked: boolean;
  /** The paths of columns whose last change was refused. */
  refused: string;
  /** The paths of columns whose change waits for the server. */
  waiting: string;
  onActivate: (row: number, column: number) => void;
  onEdit: (row: number, column: number) => void;
  onCommit: (record: KithRecord, field: Field, value: unknown, end: EditEnd) => void;
  onCancel: () => void;
  onSelect: (row: number, id: string, range: boolean) => void;
}

export function cellId(row: number, column: number): string {
  return `cell-${row}-${column}`;
}

/** One record of a table. Scrolling, editing and selecting touch only the rows concerned. */
export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { object, record, row, top, height, columns, offsets, active, editing, selected, peeked, refused, waiting } = props;
  const background = selected || peeked ? "bg-accent-soft" : "bg-bg group-hover/row:bg-hover";
  const gone = typeof record?.deleted_at === "string";
  const CellEditor = loaded ?? LazyEditor;
  const name = record === undefined ? "" : recordName(record, t("untitled"));
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-selected={selected}
      data-record={record?.id}
      style={{ height, transform: `translateY(${top}px)` }}
      // What changes in a row is no matter to the others.
      className={clsx("group/row absolute top-0 left-0 flex w-full [contain:size_layout_style]", gone && "line-through opacity-50 transition-opacity duration-300")}
    >
      <div role="gridcell" className={clsx("sticky left-0 z-2 flex shrink-0 items-center justify-center border-b border-line", background)} style={{ width: CHECK_WIDTH }}>
        {record === undefined ? null : (
          <RowCheck checked={selected} label={t("select_row", { name })} onChange={(range) => props.onSelect(row, record.id, range)} />
        )}
      </div>
      {columns.map((column, place) => {
        const pinned = offsets[place] ?? null;
        const isEditing = editing?.column === place && record !== undefined;
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the table around it has the focus and the keys
          <div
            key={column.path}
            id={cellId(row, place)}
            data-column={column.path}
            data-field={(column.via ?? column.field).name}
            role="gridcell"
            aria-colindex={place + 2}
            data-active={active === place ? "" : undefined}
            aria-invalid={refused.includes(` ${column.path} `) || undefined}
            onClick={() => props.onActivate(row, place)}
            onDoubleClick={() => props.onEdit(row, place)}
            style={{ width: column.width, ...(pinned === null ? {} : { left: pinned }) }}
            className={clsx(
              "flex shrink-0 items-center border-b border-line px-2.5",
              isRightAligned(column.field) && "justify-end text-right",
              background,
              pinned === null ? "relative" : "sticky z-2",
              pinned !== null && offsets[place + 1] === null && "border-r",
              isEditing ? "z-3 overflow-visible" : "overflow-hidden",
              refused.includes(` ${column.path} `)
                ? "shadow-[inset_0_0_0_2px_var(--danger)]"
                : "data-active:shadow-[inset_0_0_0_1px_var(--accent-line)] group-focus/grid:data-active:shadow-[inset_0_0_0_2px_var(--accent)]",
            )}
          >
            {record === undefined ? (
              // One for a row, and without a shimmer: hundreds of them come and go under a dragged scrollbar.
              place === 0 ? <span className="h-3.5 w-3/5 animate-fade-late rounded-sm bg-pressed" /> : null
            ) : isEditing ? (
              <div className="absolute top-1/2 left-0 w-full min-w-48 -translate-y-1/2">
                <Suspense>
                  <CellEditor
                    field={column.field}
                    value={editing.value === undefined ? columnValue(column, editing.base) : editing.value}
                    initialText={editing.initialText}
                    onCommit={(value, end) => props.onCommit(editing.base, column.field, value, end)}
                    onCancel={props.onCancel}
                  />
                </Suspense>
              </div>
            ) : column.path === "name" ? (
              <RecordLink object={object.name} id={record.id} name={name} cardless tabIndex={-1} className="font-medium" />
            ) : (
              <Value field={column.field} value={columnValue(column, record)} compact untabbable />
            )}
            {waiting.includes(` ${column.path} `) && !isEditing ? (
              <span title={t("waiting")} className="ml-auto flex shrink-0 pl-1 text-warning-text">
                <Clock size={12} aria-hidden="true" />
                <span className="sr-only">{t("waiting")}</span>
              </span>
            ) : null}
          </div>
        );
      })}
      <div role="presentation" className={clsx("min-w-0 flex-1 border-b border-line", background)} />
    </div>
  );
});
