import { autoScrollForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { KithRecord, ListRequest } from "@/api";
import { type Field, fieldOf, isEditable, type ObjectType, selection, usePipelines } from "@/catalog";
import { both } from "@/list/both";
import { useLiveBoard } from "@/live";
import { openQuickCreate } from "@/shell";
import { EmptyState, PageSkeleton, Select } from "@/ui";
import { type Column, groupFields, type ListViewState } from "@/views";
import { cardFields } from "./board-card";
import { BoardColumn, type BoardColumnHandle } from "./board-column";
import { type BoardGroup, groupsOf } from "./groups";
import { moveRecord, reasonField } from "./move";
import { ReasonDialog } from "./reason-dialog";
import { t } from "./texts";
import { useBoardTotals } from "./use-board-totals";
import { useRowCommands } from "@/list/use-row-commands";

export interface BoardProps {
  object: ObjectType;
  state: ListViewState;
  columns: readonly Column[];
  request: ListRequest;
  peek: string | undefined;
  onPeek: (id: string | null) => void;
  onOpen: (id: string) => void;
  readOnly: boolean;
}

/** A card that was put elsewhere, until the server's answer is shown. */
interface Pending {
  record: KithRecord;
  to: string | null;
}

/** Records in columns by a select or by the stages of a pipeline. */
export function Board(props: BoardProps) {
  const possible = groupFields(props.object);
  const field = possible.find((one) => one.name === props.state.view.groupBy) ?? possible[0];
  if (field === undefined || (field.type === "select" && (field.options ?? []).length === 0)) return <EmptyState className="flex-1" title={t("no_group")} text={t("no_group_text")} />;
  return <GroupedBoard {...props} field={field} />;
}

function GroupedBoard({ object, field, state, columns, request, peek, onPeek, onOpen, readOnly }: BoardProps & { field: Field }) {
  const { view } = state;
  useLiveBoard(object.plural, field.name);
  const search = useSearch({ from: "/app/objects/$object" });
  const navigate = useNavigate({ from: "/objects/$object" });
  const pipelines = usePipelines();
  const byStage = field.type === "relation";
  const pipeline = pipelines?.find((one) => one.id === search.pipeline) ?? pipelines?.find((one) => one.isDefault) ?? pipelines?.[0];
  const groups = useMemo(() => groupsOf(field, pipeline, t("none")), [field, pipeline]);
  const money = object.fields.find((one) => one.type === "currency" && !one.retired);
  const scoped = byStage && pipeline !== undefined ? both(view.filter, `${field.name}.pipeline == ${JSON.stringify(pipeline.id)}`) : view.filter;
  const totals = useBoardTotals(object, field, money, scoped);
  const own = useMemo((): ListRequest => {
    const more = [...cardFields(object), field.name];
    const known = (request.fields ?? "").split(/,(?![^(]*\))/);
    const added = more.flatMap((name) => {
      const one = fieldOf(object, name);
      return one === undefined || known.some((item) => item === name || item.startsWith(`${name}(`)) ? [] : [selection(one)];
    });
    return { ...request, fields: [...known, ...added].join(","), sort: view.sort.join(",") || (byStage ? "-stage_entered_at" : "-created_at") };
  }, [object, field, request, view.sort, byStage]);

  const [pending, setPending] = useState<readonly Pending[]>([]);
  const [asking, setAsking] = useState<{ record: KithRecord; to: BoardGroup } | null>(null);
  const [active, setActive] = useState({ column: 0, row: 0 });
  const handles = useRef<(BoardColumnHandle | null)[]>([]);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => (scroller.current === null ? undefined : autoScrollForElements({ element: scroller.current })), [groups.length]);

  const perform = useCallback(
    async (record: KithRecord, to: BoardGroup, reason?: string) => {
      setPending((now) => [...now.filter((one) => one.record.id !== record.id), { record, to: to.value }]);
      const asked = reasonField(object, to);
      const column = groups.indexOf(to);
      setActive({ column, row: 0 });
      setTimeout(() => handles.current[column]?.focus(0), 60);
      await moveRecord({ object, field, record, to, reason: asked && reason ? { field: asked, text: reason } : undefined }, (value) => groups.find((group) => group.value === value)?.label ?? t("none"));
      setPending((now) => now.filter((one) => one.record.id !== record.id));
    },
    [field, object, groups],
  );
  const move = useCallback(
    (record: KithRecord, to: BoardGroup) => {
      if (reasonField(object, to) === undefined) void perform(record, to);
      else setAsking({ record, to });
    },
    [object, perform],
  );
  const current = () => handles.current[active.column]?.record(active.row);
  const go = (column: number, row: number) => {
    const target = Math.max(0, Math.min(groups.length - 1, column));
    const size = handles.current[target]?.size() ?? 0;
    const next = { column: target, row: Math.max(0, Math.min(size - 1, row)) };
    setActive(next);
    handles.current[target]?.focus(next.row);
  };
  const shift = (step: number) => {
    const record = current();
    const to = groups[active.column + step];
    if (record !== undefined && to !== undefined && !readOnly) move(record, to);
  };
  const currentRecord = current();
  useRowCommands({
    object,
    current: currentRecord,
    go: (step) => go(active.column, active.row + step),
    onPeek: () => currentRecord && onPeek(peek === currentRecord.id ? null : currentRecord.id),
    onOpen: () => currentRecord && onOpen(currentRecord.id),
    onChoose: () => {},
    onChooseAll: () => {},
  });

  if (byStage && pipelines === undefined) return <PageSkeleton />;
  const editable = !readOnly && isEditable(field);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || !event.target.id.startsWith("card-")) return;
    const moving = event.shiftKey || event.metaKey || event.ctrlKey;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(active.column, active.row + 1),
      ArrowUp: () => go(active.column, active.row - 1),
      ArrowRight: () => (moving ? shift(1) : go(active.column + 1, active.row)),
      ArrowLeft: () => (moving ? shift(-1) : go(active.column - 1, active.row)),
      Home: () => go(active.column, 0),
      Enter: () => currentRecord && onOpen(currentRecord.id),
      " ": () => currentRecord && onPeek(peek === currentRecord.id ? null : currentRecord.id),
      Escape: () => onPeek(null),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {byStage && (pipelines?.length ?? 0) > 1 ? (
        <div className="flex items-center gap-2 px-4 pt-2">
          <span className="text-xs text-muted">{t("pipeline")}</span>
          <Select
            label={t("pipeline")}
            value={pipeline?.id ?? null}
            className="w-48!"
            choices={(pipelines ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => void navigate({ search: (now) => ({ ...now, pipeline: id }), replace: true })}
          />
        </div>
      ) : null}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/no-noninteractive-element-interactions -- the keys are those of the cards in it */}
      <div ref={scroller} role="region" aria-label={t("board", { objects: object.label_plural.toLowerCase() })} onKeyDown={onKeyDown} className="flex min-h-0 flex-1 snap-x scroll-px-3 gap-2.5 overflow-x-auto p-3 max-sm:snap-mandatory">
        {groups.map((group, place) => (
          <BoardColumn
            key={group.value ?? ""}
            handle={(handle) => {
              handles.current[place] = handle;
            }}
            object={object}
            field={field}
            group={group}
            groups={groups}
            columns={columns.filter((column) => column.path !== field.name)}
            request={own}
            total={totals?.get(group.value) ?? (totals === undefined ? undefined : { count: 0, sums: [], weighted: [] })}
            arrived={pending.filter((one) => one.to === group.value).map((one) => one.record)}
            left={new Set(pending.filter((one) => one.to !== group.value).map((one) => one.record.id))}
            activeRow={active.column === place ? active.row : null}
            peek={peek}
            readOnly={!editable}
            onActivate={(row) => setActive({ column: place, row })}
            onOpen={onOpen}
            onPeek={onPeek}
            onMove={move}
            onAdd={() => openQuickCreate({ object: object.name, values: group.value === null ? {} : { [field.name]: byStage ? { id: group.value, name: group.label } : group.value } })}
          />
        ))}
      </div>
      {asking === null ? null : (
        <Reason
          object={object}
          asking={asking}
          onSave={(reason) => {
            setAsking(null);
            void perform(asking.record, asking.to, reason);
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}

function Reason({ object, asking, onSave, onClose }: { object: ObjectType; asking: { to: BoardGroup }; onSave: (reason: string) => void; onClose: () => void }) {
  const field = reasonField(object, asking.to);
  return field === undefined ? null : <ReasonDialog object={object} group={asking.to} field={field} onSave={onSave} onClose={onClose} />;
}
