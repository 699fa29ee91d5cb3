import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { attachClosestEdge, type Edge, extractClosestEdge } from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { clsx } from "clsx";
import { GripVertical, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Stage } from "@/catalog";
import { formatNumber } from "@/format";
import { Dot, IconButton, Input, Select, tagColor } from "@/ui";
import { t } from "../texts";
import { changeStage, remove } from "./changes";

export interface StageRowProps {
  stage: Stage;
  place: number;
  editable: boolean;
  onMove: (to: number) => void;
  onMoveByKey: (by: 1 | -1) => void;
  onBlur: () => void;
}

export function StageRow({ stage, place, editable, onMove, onMoveByKey, onBlur }: StageRowProps) {
  const row = useRef<HTMLLIElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const [edge, setEdge] = useState<Edge | null>(null);
  const [dragging, setDragging] = useState(false);
  const latest = useRef({ onMove, place });
  latest.current = { onMove, place };
  const pipeline = stage.pipeline.id;
  useEffect(() => {
    const element = row.current;
    const grip = handle.current;
    if (element === null || grip === null) return;
    const ofPipeline = (data: Record<string | symbol, unknown>) => data.pipeline === pipeline;
    return combine(
      draggable({
        element,
        dragHandle: grip,
        getInitialData: () => ({ pipeline, place: latest.current.place, move: (to: number) => latest.current.onMove(to) }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => ofPipeline(source.data) && source.element !== element,
        getData: ({ input }) => attachClosestEdge({}, { element, input, allowedEdges: ["top", "bottom"] }),
        onDrag: ({ self }) => setEdge(extractClosestEdge(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ self, source }) => {
          setEdge(null);
          const { move, place: from } = source.data;
          if (typeof move !== "function" || typeof from !== "number") return;
          // Places count without the row that is being moved.
          const before = latest.current.place - (from < latest.current.place ? 1 : 0);
          move(extractClosestEdge(self.data) === "bottom" ? before + 1 : before);
        },
      }),
    );
  }, [pipeline, editable]);
  const kinds = (["open", "won", "lost"] as const).map((kind) => ({ value: kind, label: t(`kind_${kind}`) }));
  const color = stage.kind === "won" ? "green" : stage.kind === "lost" ? "red" : tagColor(null, stage.position);
  if (!editable) {
    return (
      <li className="grid min-h-10 grid-cols-[24px_minmax(0,1fr)_96px_112px_112px_28px] items-center gap-x-2 border-b border-line max-md:grid-cols-[24px_minmax(0,1fr)_auto]">
        <Dot color={color} className="mx-auto" />
        <span className="truncate font-medium" dir="auto">{stage.name}</span>
        <span className="text-muted">{formatNumber(stage.probability)} %</span>
        <span className="text-muted max-md:hidden">{t(`kind_${stage.kind}`)}</span>
        <span className="text-muted max-md:hidden">{stage.rottingDays === null ? "" : `${formatNumber(stage.rottingDays)} ${t("days_unit")}`}</span>
      </li>
    );
  }
  return (
    <li
      ref={row}
      data-stage={stage.id}
      className={clsx(
        "relative grid min-h-11 grid-cols-[24px_minmax(0,1fr)_96px_112px_112px_28px] items-center gap-x-2 border-b border-line py-1 max-md:grid-cols-[24px_minmax(0,1fr)_28px] max-md:gap-y-1.5",
        dragging && "opacity-40",
        edge === "top" && "before:absolute before:inset-x-0 before:-top-px before:h-0.5 before:bg-accent",
        edge === "bottom" && "before:absolute before:inset-x-0 before:-bottom-px before:h-0.5 before:bg-accent",
      )}
    >
      <button
        ref={handle}
        type="button"
        aria-label={t("move", { name: stage.name })}
        title={t("move_hint")}
        onBlur={onBlur}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          onMoveByKey(event.key === "ArrowUp" ? -1 : 1);
        }}
        className="flex size-6 cursor-grab items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text"
      >
        <GripVertical size={14} aria-hidden="true" />
      </button>
      <span className="flex min-w-0 items-center gap-2">
        <Dot color={color} />
        <SavedInput label={t("name_of", { name: stage.name })} value={stage.name} required onSave={(name) => changeStage(stage, { name })} />
      </span>
      <div className="contents max-md:col-start-2 max-md:grid max-md:grid-cols-3 max-md:gap-2">
        <span className="flex items-center gap-1">
          <SavedInput
            label={t("probability_of", { name: stage.name })}
            value={String(stage.probability)}
            numeric
            onSave={(text) => changeStage(stage, { probability: text === "" ? null : text })}
          />
          <span className="text-muted">%</span>
        </span>
        <span>
          <Select label={t("kind_of", { name: stage.name })} value={stage.kind} onChange={(kind) => void changeStage(stage, { kind })} choices={kinds} className={QUIET} />
        </span>
        {stage.kind !== "open" && stage.rottingDays === null ? (
          <span />
        ) : (
          <span className="flex items-center gap-1.5">
            <SavedInput
              label={t("rotting_days", { name: stage.name })}
              value={stage.rottingDays === null ? "" : String(stage.rottingDays)}
              numeric
              onSave={(text) => changeStage(stage, { rotting_days: text === "" ? null : text })}
            />
            <span className="text-muted">{t("days_unit")}</span>
          </span>
        )}
      </div>
      <IconButton label={t("delete_stage", { name: stage.name })} icon={<X size={14} />} onClick={() => void remove("stages", stage)} className="max-md:col-start-3 max-md:row-start-1" />
    </li>
  );
}

/** Without a frame until the pointer or the focus is there: a table, not a form. */
const QUIET = "border-transparent! bg-transparent! shadow-none! hover:border-line-strong! focus:border-accent! focus:bg-bg!";

interface SavedInputProps {
  label: string;
  value: string;
  numeric?: boolean;
  required?: boolean;
  /** False where it was refused: the former value comes back. */
  onSave: (text: string) => Promise<boolean>;
}

/** A text that is saved when one leaves it or presses Enter; Esc takes it back. */
function SavedInput({ label, value, numeric, required, onSave }: SavedInputProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const save = async () => {
    const wanted = text.trim();
    if (wanted === value) return;
    if ((required && wanted === "") || !(await onSave(wanted))) setText(value);
  };
  return (
    <Input
      aria-label={label}
      value={text}
      className={QUIET}
      inputMode={numeric ? "numeric" : undefined}
      dir={numeric ? undefined : "auto"}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") setText(value);
      }}
    />
  );
}
