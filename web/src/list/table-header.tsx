import { clsx } from "clsx";
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, ChevronDown, EyeOff, ListFilter, Pin, PinOff, X } from "lucide-react";
import { memo, type PointerEvent, useRef, useState } from "react";
import { FieldIcon } from "@/catalog";
import { Checkbox, Menu, MenuItem, MenuSeparator } from "@/ui";
import { isRightAligned } from "@/values";
import { type Column, sortPath } from "@/views";
import { CHECK_WIDTH } from "./table-row";
import { t } from "./texts";

export const HEADER_HEIGHT = 34;

export interface HeaderActions {
  /** Sorts by a path alone, or by one more (`add`); null takes it out. */
  sort: (path: string, direction: "ascending" | "descending" | null, add: boolean) => void;
  resize: (path: string, width: number) => void;
  /** Puts a column in another's place. */
  move: (path: string, to: number) => void;
  pin: (path: string, pinned: boolean) => void;
  hide: (path: string) => void;
  filter: (path: string) => void;
}

export interface TableHeaderProps {
  columns: readonly Column[];
  offsets: readonly (number | null)[];
  sort: readonly string[];
  actions: HeaderActions;
  allSelected: boolean | "some";
  onSelectAll: (selected: boolean) => void;
}

export const TableHeader = memo(function TableHeader({ columns, offsets, sort, actions, allSelected, onSelectAll }: TableHeaderProps) {
  const [dropAt, setDropAt] = useState<number | null>(null);
  return (
    <div role="rowgroup" className="sticky top-0 z-10 w-full">
      <div role="row" aria-rowindex={1} className="flex bg-bg" style={{ height: HEADER_HEIGHT }}>
        <div role="columnheader" className="sticky left-0 z-12 flex shrink-0 items-center justify-center border-b border-line bg-bg" style={{ width: CHECK_WIDTH }}>
          <Checkbox checked={allSelected === true} indeterminate={allSelected === "some"} onChange={onSelectAll} label={t("select_all")} />
        </div>
        {columns.map((column, place) => (
          <HeaderCell key={column.path} {...{ column, place, columns, sort, actions, dropAt, setDropAt }} offset={offsets[place] ?? null} lastPinned={offsets[place] !== null && offsets[place + 1] === null} />
        ))}
        <div role="presentation" className="min-w-0 flex-1 border-b border-line bg-bg" />
      </div>
    </div>
  );
});

interface HeaderCellProps {
  column: Column;
  place: number;
  columns: readonly Column[];
  offset: number | null;
  lastPinned: boolean;
  sort: readonly string[];
  actions: HeaderActions;
  dropAt: number | null;
  setDropAt: (place: number | null) => void;
}

/** How far the pointer goes before a press becomes a drag. */
const DRAG_DISTANCE = 6;

function HeaderCell({ column, place, columns, offset, lastPinned, sort, actions, dropAt, setDropAt }: HeaderCellProps) {
  const path = sortPath(column);
  const at = path === null ? -1 : sort.findIndex((item) => item.replace(/^-/, "") === path);
  const direction = at < 0 ? null : sort[at]?.startsWith("-") ? "descending" : "ascending";
  const dragged = useRef(false);
  const startDrag = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || event.pointerType !== "mouse") return;
    const startX = event.clientX;
    const cells = [...(event.currentTarget.closest("[role=row]")?.querySelectorAll<HTMLElement>("[data-column]") ?? [])];
    const bounds = cells.map((cell) => cell.getBoundingClientRect());
    let target: number | null = null;
    dragged.current = false;
    const move = (moved: globalThis.PointerEvent) => {
      if (!dragged.current && Math.abs(moved.clientX - startX) < DRAG_DISTANCE) return;
      dragged.current = true;
      const found = bounds.findIndex((one) => moved.clientX < one.left + one.width / 2);
      target = found < 0 ? bounds.length : found;
      setDropAt(target);
    };
    const end = () => {
      globalThis.removeEventListener("pointermove", move);
      globalThis.removeEventListener("pointerup", end);
      setDropAt(null);
      if (target !== null && target !== place && target !== place + 1) actions.move(column.path, target > place ? target - 1 : target);
    };
    globalThis.addEventListener("pointermove", move);
    globalThis.addEventListener("pointerup", end);
  };
  return (
    <div
      role="columnheader"
      data-column={column.path}
      aria-colindex={place + 2}
      aria-sort={direction ?? (path === null ? undefined : "none")}
      style={{ width: column.width, ...(offset === null ? {} : { left: offset }) }}
      className={clsx("group/head flex shrink-0 items-center border-b border-line bg-bg", offset === null ? "relative" : "sticky z-11", lastPinned && "border-r")}
    >
      {dropAt === place ? <span className="absolute inset-y-0 left-0 z-20 w-0.5 bg-accent" /> : null}
      {dropAt === columns.length && place === columns.length - 1 ? <span className="absolute inset-y-0 right-0 z-20 w-0.5 bg-accent" /> : null}
      <button
        type="button"
        onPointerDown={startDrag}
        onClick={(event) => {
          if (dragged.current || path === null) return;
          const next = direction === null ? "ascending" : direction === "ascending" ? "descending" : null;
          actions.sort(path, next, event.shiftKey);
        }}
        className={clsx("flex h-full min-w-0 flex-1 items-center gap-1.5 px-2.5 text-xs font-medium text-muted ring-inset-focus hover:text-text", isRightAligned(column.field) && "justify-end")}
      >
        <FieldIcon type={column.field.type} size={13} className="shrink-0 text-faint" />
        <span className="truncate">{column.label}</span>
        {direction === null ? null : (
          <span className="flex shrink-0 items-center text-accent-text">
            {direction === "ascending" ? <ArrowUp size={12} strokeWidth={2.5} /> : <ArrowDown size={12} strokeWidth={2.5} />}
            {sort.length > 1 ? <span className="text-2xs">{at + 1}</span> : null}
          </span>
        )}
      </button>
      <Menu
        align="end"
        trigger={
          <button
            type="button"
            aria-label={t("column_menu", { column: column.label })}
            className="absolute top-1/2 right-1.5 flex size-5 -translate-y-1/2 items-center justify-center rounded-sm bg-bg text-faint opacity-0 group-hover/head:opacity-100 hover:bg-hover hover:text-text focus-visible:opacity-100 data-popup-open:opacity-100"
          >
            <ChevronDown size={13} />
          </button>
        }
      >
        {path === null ? null : (
          <>
            <MenuItem icon={<ArrowUp size={14} />} onSelect={() => actions.sort(path, "ascending", false)}>{t("sort_ascending")}</MenuItem>
            <MenuItem icon={<ArrowDown size={14} />} onSelect={() => actions.sort(path, "descending", false)}>{t("sort_descending")}</MenuItem>
            {direction === null ? null : <MenuItem icon={<X size={14} />} onSelect={() => actions.sort(path, null, true)}>{t("sort_remove")}</MenuItem>}
          </>
        )}
        <MenuItem icon={<ListFilter size={14} />} onSelect={() => actions.filter(column.path)}>{t("filter_by")}</MenuItem>
        <MenuSeparator />
        <MenuItem icon={column.pinned ? <PinOff size={14} /> : <Pin size={14} />} onSelect={() => actions.pin(column.path, !column.pinned)}>
          {column.pinned ? t("unpin") : t("pin")}
        </MenuItem>
        <MenuItem icon={<ArrowLeft size={14} />} disabled={place === 0} onSelect={() => actions.move(column.path, place - 1)}>{t("move_left")}</MenuItem>
        <MenuItem icon={<ArrowRight size={14} />} disabled={place === columns.length - 1} onSelect={() => actions.move(column.path, place + 1)}>{t("move_right")}</MenuItem>
        <MenuSeparator />
        <MenuItem icon={<EyeOff size={14} />} disabled={columns.length === 1} onSelect={() => actions.hide(column.path)}>{t("hide")}</MenuItem>
      </Menu>
      <ResizeHandle column={column} onResize={(width) => actions.resize(column.path, width)} />
    </div>
  );
}

const STEP = 16;

function ResizeHandle({ column, onResize }: { column: Column; onResize: (width: number) => void }) {
  const bounded = (width: number) => Math.round(Math.max(60, Math.min(1200, width)));
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t("resize", { column: column.label })}
      aria-valuenow={column.width}
      aria-valuemin={60}
      aria-valuemax={1200}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a separator that moves takes the focus
      tabIndex={0}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onResize(bounded(column.width + step));
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        const handle = event.currentTarget;
        const startX = event.clientX;
        const move = (moved: globalThis.PointerEvent) => onResize(bounded(column.width + moved.clientX - startX));
        handle.setPointerCapture(event.pointerId);
        handle.addEventListener("pointermove", move);
        handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", move), { once: true });
      }}
      className="absolute inset-y-1.5 -right-1 z-13 w-2 cursor-col-resize rounded-full outline-none hover:bg-accent-line focus-visible:bg-accent"
    />
  );
}
