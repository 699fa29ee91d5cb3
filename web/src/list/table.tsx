import { clsx } from "clsx";
import { type ClipboardEvent, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { KithRecord, ListRequest } from "@/api";
import { type Field, isEditable, type ObjectType, recordName, useCatalog } from "@/catalog";
import { RefusalPopover, useRecordEdit, useRefusals, useWaitingEdits } from "@/edit";
import { announce } from "@/ui";
import { editText, emptyOf, type EditEnd } from "@/values";
import { type Column, columnValue, type FooterKind, type ListViewState } from "@/views";
import { pasteBlock } from "./paste";
import { isSelected, select, type Selection, toggle } from "./selection";
import { FOOTER_HEIGHT, TableFooter } from "./table-footer";
import { HEADER_HEIGHT, TableHeader } from "./table-header";
import { CHECK_WIDTH, cellId, type Editing, preloadEditor, TableRow } from "./table-row";
import { t } from "./texts";
import { readTsv, writeTsv } from "./tsv";
import { useHeaderActions } from "./use-header-actions";
import { usePlace } from "./use-place";
import type { RecordWindow } from "./use-record-window";
import { useRowCommands } from "./use-row-commands";
import { useTotals } from "./use-totals";
import { useVirtualRows } from "./use-virtual-rows";

const HEIGHTS = { compact: 32, regular: 36, comfortable: 44 };

export interface TableProps {
  object: ObjectType;
  state: ListViewState;
  columns: readonly Column[];
  request: ListRequest;
  rows: RecordWindow;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  peek: string | undefined;
  onPeek: (id: string | null) => void;
  onOpen: (id: string) => void;
  onFilterBy: (path: string) => void;
  readOnly: boolean;
}

/** Records as a table: windowed, with the keyboard of a spreadsheet. */
export function Table(props: TableProps) {
  const { object, state, columns, request, rows, selection, onSelection, peek, onPeek, onOpen, readOnly } = props;
  const { view, change } = state;
  const catalog = useCatalog();
  const scroller = useRef<HTMLDivElement>(null);
  const height = HEIGHTS[view.density];
  useEffect(preloadEditor, []);
  const { place, setPlace, setScroll, initialScroll, identity } = usePlace(object.plural, request, scroller);
  const [editing, setEditing] = useState<(Editing & { row: number }) | null>(null);
  const { edit } = useRecordEdit(object);
  const refusals = useRefusals();
  const waits = useWaitingEdits();
  const totals = useTotals(object.plural, columns, view.footers, view.filter);
  const virtual = useVirtualRows({ scroller, identity, count: rows.total, height, around: HEADER_HEIGHT + FOOTER_HEIGHT, initialOffset: initialScroll, onScroll: setScroll });
  const { first, last, reveal: revealRow } = virtual;
  const { show } = rows;
  useEffect(() => show(first, last), [show, first, last]);
  // What rows are given must not change with every scrolled pixel, or all would be drawn again.
  const latest = useRef({ rows, selection });
  latest.current = { rows, selection };

  const offsets = useMemo(() => {
    let left = CHECK_WIDTH;
    return columns.map((column) => {
      if (!column.pinned) return null;
      const at = left;
      left += column.width;
      return at;
    });
  }, [columns]);
  const width = columns.reduce((sum, column) => sum + column.width, CHECK_WIDTH);

  const focus = useCallback(() => scroller.current?.focus({ preventScroll: true }), []);
  const go = useCallback(
    (row: number, column: number) => {
      const next = { row: Math.max(0, Math.min(rows.total - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) };
      setPlace(next);
      revealRow(next.row);
      requestAnimationFrame(() => {
        // Columns scroll as well; pinned ones cover the beginning.
        const cell = document.querySelector(`#${cellId(next.row, next.column)}`);
        if (scroller.current && cell instanceof HTMLElement && offsets[next.column] === null) reveal(scroller.current, cell, offsets, columns);
      });
    },
    [rows.total, columns, offsets, setPlace, revealRow],
  );
  const canEdit = useCallback((column: Column | undefined): column is Column => !readOnly && column !== undefined && column.via === null && isEditable(column.field), [readOnly]);
  const startEdit = useCallback(
    (row: number, column: number, more: Partial<Editing> = {}) => {
      const base = latest.current.rows.record(row);
      if (base === undefined || !canEdit(columns[column])) return;
      setPlace({ row, column });
      setEditing({ row, column, base, ...more });
    },
    [canEdit, columns, setPlace],
  );
  const commit = useCallback(
    (record: KithRecord, field: Field, value: unknown, end: EditEnd) => {
      setEditing(null);
      void edit(record, field, value);
      if (end !== "blur") focus();
      if (end === "enter") setPlace((now) => ({ ...now, row: Math.min(now.row + 1, rows.total - 1) }));
      if (end === "tab" || end === "shift-tab") setPlace((now) => ({ ...now, column: Math.max(0, Math.min(columns.length - 1, now.column + (end === "tab" ? 1 : -1))) }));
    },
    [edit, focus, rows.total, columns.length, setPlace],
  );
  const cancel = useCallback(() => {
    setEditing(null);
    focus();
  }, [focus]);
  const activate = useCallback(
    (row: number, column: number) => {
      setPlace({ row, column });
      if (document.activeElement === document.body || !document.activeElement?.closest(".popup")) focus();
    },
    [focus, setPlace],
  );
  const anchor = useRef<number | null>(null);
  const choose = useCallback(
    (row: number, id: string, range: boolean) => {
      const from = anchor.current;
      if (range && from !== null) {
        const ids: string[] = [];
        for (let at = Math.min(from, row); at <= Math.max(from, row); at += 1) {
          const record = latest.current.rows.record(at);
          if (record) ids.push(record.id);
        }
        onSelection(select(latest.current.selection, ids, true));
      } else {
        onSelection(toggle(latest.current.selection, id));
        anchor.current = row;
      }
      focus();
    },
    [onSelection, focus],
  );
  const selectAll = useCallback((chosen: boolean) => onSelection(chosen ? { kind: "all", except: new Set() } : { kind: "some", ids: new Set() }), [onSelection]);
  const calculate = useCallback(
    (path: string, kind: FooterKind | null) => {
      const others = Object.entries(view.footers).filter(([name]) => name !== path);
      change({ footers: Object.fromEntries(kind === null ? others : [...others, [path, kind]]) });
    },
    [view.footers, change],
  );
  // The panel may step on by itself: the list goes along.
  const currentId = rows.record(place.row)?.id;
  useEffect(() => {
    if (peek === undefined || peek === currentId) return;
    for (let row = Math.max(0, place.row - 250); row < Math.min(rows.total, place.row + 250); row += 1) {
      if (rows.record(row)?.id !== peek) continue;
      setPlace((now) => ({ ...now, row }));
      revealRow(row);
      return;
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when another record is peeked at
  }, [peek]);
  const actions = useHeaderActions(state, columns, props.onFilterBy);

  const current = rows.record(place.row);
  useRowCommands({
    object,
    current,
    go: (step) => {
      go(place.row + step, place.column);
      focus();
      const next = rows.record(place.row + step);
      if (next !== undefined) {
        announce(t("row_of", { name: recordName(next, t("untitled")), row: place.row + step + 1 }));
        if (peek !== undefined) onPeek(next.id);
      }
    },
    onPeek: () => current && onPeek(peek === current.id ? null : current.id),
    onOpen: () => current && onOpen(current.id),
    onChoose: () => current && choose(place.row, current.id, false),
    onChooseAll: () => onSelection({ kind: "all", except: new Set() }),
    onEdit: () => startEdit(place.row, place.column),
  });

  const refused = (refusals === null ? [] : [place.row, ...virtual.rows.map((one) => one.index)])
    .flatMap((row) => {
      const record = rows.record(row);
      return record === undefined ? [] : columns.map((column) => ({ row, record, column, refusal: refusals?.({ record: record.id, field: column.field.name }) }));
    })
    .find(({ refusal, column }) => refusal !== undefined && column.via === null);
  const refusedAt = refused === undefined ? -1 : columns.indexOf(refused.column);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || rows.total === 0) return;
    const column = columns[place.column];
    const isName = column?.path === "name";
    if (editing !== null) {
      // The editor is on its way: what is typed meanwhile is meant for it.
      if ([...event.key].length === 1) setEditing({ ...editing, initialText: `${editing.initialText ?? ""}${event.key}` });
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - HEADER_HEIGHT - FOOTER_HEIGHT) / height) - 1);
    const mod = event.metaKey || event.ctrlKey;
    const moves: Record<string, readonly [number, number]> = {
      ArrowDown: [mod ? rows.total : 1, 0],
      ArrowUp: [mod ? -rows.total : -1, 0],
      ArrowRight: [0, mod ? columns.length : 1],
      ArrowLeft: [0, mod ? -columns.length : -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [mod ? -rows.total : 0, -columns.length],
      End: [mod ? rows.total : 0, columns.length],
    };
    const move = moves[event.key];
    if (move !== undefined) {
      if (event.shiftKey && move[1] === 0 && current) choose(place.row + move[0], rows.record(place.row + move[0])?.id ?? current.id, anchor.current !== null);
      go(place.row + move[0], place.column + move[1]);
      if (peek !== undefined && move[0] !== 0) {
        const next = rows.record(place.row + move[0]);
        if (next) onPeek(next.id);
      }
    } else if (event.key === "Enter" && refused !== undefined && refused.row === place.row && refusedAt === place.column) {
      document.querySelector<HTMLElement>("[data-refusal] button")?.focus();
    } else if (event.key === "Enter") {
      if (isName || !canEdit(column)) {
        if (current) onOpen(current.id);
      } else startEdit(place.row, place.column);
    } else if (event.key === "F2") startEdit(place.row, place.column);
    else if (event.key === " ") {
      if (current) onPeek(peek === current.id ? null : current.id);
    } else if (event.key === "Escape") {
      if (peek !== undefined) onPeek(null);
      else onSelection({ kind: "some", ids: new Set() });
    } else if ((event.key === "Delete" || event.key === "Backspace") && current && canEdit(column)) {
      if (isName) return;
      void edit(current, column.field, emptyOf(column.field));
    } else if (mod && event.key.toLowerCase() === "a") onSelection({ kind: "all", except: new Set() });
    else if (!mod && !event.altKey && [...event.key].length === 1 && !isName && canEdit(column)) startEdit(place.row, place.column, { initialText: event.key });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onCopy = (event: ClipboardEvent) => {
    if (event.target !== scroller.current) return;
    const column = columns[place.column];
    const chosen = selection.kind === "some" && selection.ids.size > 0 ? allLoaded(rows).filter((record) => selection.ids.has(record.id)) : null;
    if (chosen === null && (current === undefined || column === undefined)) return;
    const cells =
      chosen === null
        ? [[current && column ? editText(column.field, columnValue(column, current)) : ""]]
        : chosen.map((record) => columns.map((one) => editText(one.field, columnValue(one, record))));
    event.clipboardData.setData("text/plain", writeTsv(cells));
    event.preventDefault();
    announce(t("copied", { count: cells.length }));
  };

  const onPaste = (event: ClipboardEvent) => {
    if (event.target !== scroller.current || readOnly) return;
    event.preventDefault();
    const cells = readTsv(event.clipboardData.getData("text/plain"));
    const records = cells.map((_, offset) => rows.record(place.row + offset)).filter((record) => record !== undefined);
    void pasteBlock(catalog, object, records, columns.slice(place.column), cells);
  };

  const [refusedCell, setRefusedCell] = useState<Element | null>(null);
  useEffect(() => setRefusedCell(refusedAt < 0 ? null : document.querySelector(`#${cellId(refused?.row ?? 0, refusedAt)}`)), [refusedAt, refused?.row, refused?.refusal]);

  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={object.label_plural}
        aria-rowcount={rows.total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={rows.total > 0 ? cellId(place.row, place.column) : undefined}
        aria-busy={rows.stale}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a grid takes the focus
        tabIndex={0}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPaste={onPaste}
        className="group/grid relative min-h-0 flex-1 overflow-auto outline-none"
      >
        <div className="relative flex min-h-full flex-col" style={{ minWidth: width }}>
          <TableHeader
            columns={columns}
            offsets={offsets}
            sort={view.sort}
            actions={actions}
            allSelected={selection.kind === "all" ? (selection.except.size === 0 ? true : "some") : selection.ids.size > 0 ? "some" : false}
            onSelectAll={selectAll}
          />
          <div role="rowgroup" className={clsx("relative shrink-0 transition-opacity duration-150", rows.stale && "opacity-50")} style={{ height: virtual.height }}>
            {virtual.rows.map(({ slot, index, top }) => {
              const record = rows.record(index);
              return (
                <TableRow
                  key={slot}
                  object={object}
                  record={record}
                  row={index}
                  top={top}
                  height={height}
                  columns={columns}
                  offsets={offsets}
                  active={place.row === index ? place.column : null}
                  editing={editing?.row === index ? editing : null}
                  selected={record !== undefined && isSelected(selection, record.id)}
                  peeked={record !== undefined && record.id === peek}
                  refused={record === undefined || refusals === null ? "" : columns.reduce((names, column) => (refusals({ record: record.id, field: column.field.name }) && column.via === null ? `${names} ${column.path} ` : names), "")}
                  waiting={waits.length === 0 ? "" : waits.reduce((names, one) => (one.record === record?.id ? `${names} ${one.field} ` : names), "")}
                  onActivate={activate}
                  onEdit={startEdit}
                  onCommit={commit}
                  onCancel={cancel}
                  onSelect={choose}
                />
              );
            })}
          </div>
          <div className="flex-1" />
          <TableFooter
            object={object}
            columns={columns}
            offsets={offsets}
            count={rows.count}
            footers={view.footers}
            totals={totals}
            onChange={calculate}
          />
        </div>
      </div>
        {refused?.refusal !== undefined && refusedCell !== null && editing === null ? (
          <RefusalPopover
            object={object}
            recordId={refused.record.id}
            field={refused.column.field}
            refusal={refused.refusal}
            anchor={refusedCell}
            onEditAgain={(value) => startEdit(refused.row, refusedAt, { value })}
            takesFocus={refused.row === place.row}
            onClosed={focus}
          />
        ) : null}
    </>
  );
}

function allLoaded(rows: RecordWindow): KithRecord[] {
  const records: KithRecord[] = [];
  for (let row = 0; row < rows.total; row += 1) {
    const record = rows.record(row);
    if (record) records.push(record);
  }
  return records;
}

/** Scrolls sideways until a cell stands free of the pinned columns. */
function reveal(scroller: HTMLElement, cell: HTMLElement, offsets: readonly (number | null)[], columns: readonly Column[]): void {
  const covered = columns.reduce((sum, column, at) => (offsets[at] === null ? sum : sum + column.width), CHECK_WIDTH);
  const left = cell.offsetLeft;
  if (left < scroller.scrollLeft + covered) scroller.scrollLeft = left - covered;
  else if (left + cell.offsetWidth > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = left + cell.offsetWidth - scroller.clientWidth;
}
