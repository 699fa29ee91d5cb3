import { autoScrollForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { KithRecord, ListRequest } from "@/api";
import type { Field, ObjectType } from "@/catalog";
import { useRecordWindow } from "@/list/use-record-window";
import { Dot, IconButton, Skeleton, Tooltip } from "@/ui";
import type { Column } from "@/views";
import { BoardCard, isCard } from "./board-card";
import { type BoardGroup, countText, groupFilter, type GroupTotal, NO_TOTAL, sumText } from "./groups";
import { t } from "./texts";
import { useNextSteps } from "./use-next-steps";

export interface BoardColumnHandle {
  /** Moves the focus to a card; false where there is none. */
  focus: (row: number) => void;
  size: () => number;
  record: (row: number) => KithRecord | undefined;
}

export interface BoardColumnProps {
  object: ObjectType;
  field: Field;
  group: BoardGroup;
  groups: readonly BoardGroup[];
  columns: readonly Column[];
  request: ListRequest;
  total: GroupTotal | undefined;
  /** Cards on their way: from other columns to here, and from here to others. */
  arrived: readonly KithRecord[];
  left: ReadonlySet<string>;
  activeRow: number | null;
  peek: string | undefined;
  readOnly: boolean;
  handle: Ref<BoardColumnHandle>;
  onActivate: (row: number) => void;
  onOpen: (id: string) => void;
  onPeek: (id: string) => void;
  onMove: (record: KithRecord, to: BoardGroup) => void;
  onAdd: () => void;
}

const CARD_GAP = 8;

/** A column of a board: windowed like a table, with the server's totals above it. */
export function BoardColumn(props: BoardColumnProps) {
  const { object, field, group, groups, columns, request, total, arrived, left, activeRow, peek, readOnly } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const own = useMemo((): ListRequest => ({ ...request, filter: groupFilter(field, group, request.filter ?? null), count: "none" }), [request, field, group]);
  const rows = useRecordWindow(object.plural, own);
  const arrivedIds = new Set(arrived.map((record) => record.id));
  const loaded: (KithRecord | undefined)[] = [...arrived];
  for (let row = 0; row < rows.total; row += 1) {
    const record = rows.record(row);
    if (record === undefined || (!left.has(record.id) && !arrivedIds.has(record.id))) loaded.push(record);
  }
  const cards = loaded;
  const virtualizer = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 116 + CARD_GAP,
    overscan: 2,
    getItemKey: (index) => cards[index]?.id ?? `waiting-${index}`,
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { show } = rows;
  useEffect(() => show(first, last), [show, first, last]);
  const inSight = items.map((item) => cards[item.index]?.id).filter((id) => id !== undefined);
  // Asked for in steps of 25 cards, so that scrolling doesn't ask at every card.
  const start = Math.floor(first / 25) * 25;
  const asked = cards.slice(start, start + 75).flatMap((record) => (record === undefined ? [] : [record.id]));
  const wantsSteps = object.key === "deal" && group.kind === "open" && inSight.length > 0;
  const { steps, known } = useNextSteps(asked, wantsSteps);

  useImperativeHandle(props.handle, () => ({
    size: () => cards.length,
    record: (row) => cards[row],
    focus: (row) => {
      const record = cards[row];
      if (record === undefined) return;
      virtualizer.scrollToIndex(row);
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`#card-${record.id}`)?.focus({ preventScroll: true }));
    },
  }));

  const column = useRef<HTMLElement>(null);
  const { onMove } = props;
  useEffect(() => {
    if (column.current === null || scroller.current === null || readOnly) return;
    return combine(
      dropTargetForElements({
        element: column.current,
        canDrop: ({ source }) => isCard(source.data) && source.data.from !== group.value,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          if (isCard(source.data)) onMove(source.data.record, group);
        },
      }),
      autoScrollForElements({ element: scroller.current }),
    );
  }, [group, onMove, readOnly]);

  const shown = total ?? NO_TOTAL;
  const sum = sumText(shown.sums, true);
  return (
    <section
      ref={column}
      aria-label={t("column", { label: group.label, count: countText(shown), objects: object.label_plural.toLowerCase() })}
      className={clsx("flex w-72 shrink-0 snap-start flex-col rounded-xl", over ? "bg-accent-soft ring-2 ring-accent ring-inset" : "bg-sunken")}
    >
      <header className="flex flex-col gap-0.5 px-3 pt-2.5 pb-2">
        <div className="flex items-center gap-2">
          <Dot color={group.color} />
          <h2 className="min-w-0 truncate font-semibold" dir="auto">{group.label}</h2>
          <span className="text-xs text-muted">{total === undefined ? "" : countText(shown)}</span>
          {readOnly ? null : <IconButton size="sm" label={t("add", { column: group.label })} icon={<Plus size={14} />} onClick={props.onAdd} className="ml-auto" />}
        </div>
        {sum === "" ? null : (
          <div className="flex items-center gap-2 text-xs text-muted">
            <Tooltip label={`${t("sum")}: ${sumText(shown.sums, false)}`}>
              <span className="font-medium text-text">{sum}</span>
            </Tooltip>
            {shown.weighted.length === 0 || group.kind === "won" || group.kind === "lost" ? null : (
              <Tooltip label={`${t("weighted")}: ${sumText(shown.weighted, false)}`}>
                <span>{`${t("weighted")} ${sumText(shown.weighted, true)}`}</span>
              </Tooltip>
            )}
          </div>
        )}
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard */}
      <div ref={scroller} tabIndex={cards.length === 0 ? undefined : -1} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2 outline-none">
        {cards.length === 0 && !rows.loading ? <p className="py-6 text-center text-xs text-faint">{t("empty")}</p> : null}
        {rows.loading ? <Skeleton className="h-24 w-full" /> : null}
        <ul className={clsx("relative transition-opacity", rows.stale && "opacity-50")} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const record = cards[item.index];
            return (
              <li key={item.key} ref={virtualizer.measureElement} data-index={item.index} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${item.start}px)`, paddingBottom: CARD_GAP }}>
                {record === undefined ? (
                  <Skeleton className="h-24 w-full" />
                ) : (
                  <BoardCard
                    object={object}
                    record={record}
                    group={group}
                    groups={groups}
                    columns={columns}
                    nextStep={!wantsSteps || !known.has(record.id) ? "unknown" : steps.get(record.id)}
                    active={activeRow === item.index}
                    peeked={peek === record.id}
                    readOnly={readOnly}
                    onActivate={() => props.onActivate(item.index)}
                    onOpen={() => props.onOpen(record.id)}
                    onPeek={() => props.onPeek(record.id)}
                    onMove={onMove}
                  />
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}
