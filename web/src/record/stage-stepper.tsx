import { clsx } from "clsx";
import { Check, ChevronDown, CircleAlert, Trophy, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type KithRecord, useSession } from "@/api";
import { type Field, isEditable, type ObjectType, type Stage, usePipelines } from "@/catalog";
import { daysSince } from "@/format";
import { Menu, MenuItem, Tooltip } from "@/ui";
import { isLinked } from "@/values";
import { moveStage } from "./move-stage";
import { ReasonDialog } from "./reason-dialog";
import { reasonField } from "./shape";
import { t } from "./texts";

/** The stages of a record's pipeline; a click moves the record. Won and lost ask for the reason. */
export function StageStepper({ object, record, field }: { object: ObjectType; record: KithRecord; field: Field }) {
  const { user } = useSession();
  const pipelines = usePipelines();
  const [closing, setClosing] = useState<Stage | null>(null);
  const value = record[field.name];
  const currentId = isLinked(value) ? value.id : null;
  const pipeline = pipelines?.find(({ stages }) => stages.some((stage) => stage.id === currentId)) ?? pipelines?.find(({ isDefault }) => isDefault);
  const row = useRef<HTMLOListElement>(null);
  useEffect(() => {
    row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [currentId]);
  if (pipeline === undefined) return <div className="h-7" />;
  const canMove = user.role !== "read_only" && isEditable(field);
  const current = pipeline.stages.find((stage) => stage.id === currentId);
  const open = pipeline.stages.filter((stage) => stage.kind === "open");
  const closed = pipeline.stages.filter((stage) => stage.kind !== "open");
  const reached = current?.kind === "open" ? open.indexOf(current) : current?.kind === "won" ? open.length : -1;
  const move = (stage: Stage) => {
    if (stage.id === currentId) return;
    if (stage.kind !== "open" && reasonField(object, stage.kind) !== undefined) setClosing(stage);
    else void moveStage(object, record, field, stage);
  };
  const since = typeof record.stage_entered_at === "string" ? daysSince(record.stage_entered_at) : null;
  const rotting = current?.kind === "open" && since !== null && current.rottingDays !== null && since > current.rottingDays;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <div className="flex min-w-0 flex-1 items-center gap-1.5 max-sm:basis-full">
        <ol ref={row} aria-label={t("stages", { pipeline: pipeline.name })} className="flex min-w-0 flex-1 gap-0.5 overflow-x-auto p-0.5">
          {open.map((stage, place) => {
            const isCurrent = stage.id === currentId;
            return (
              <li key={stage.id} className="min-w-20 flex-1">
                <button
                  type="button"
                  disabled={!canMove}
                  aria-current={isCurrent ? "step" : undefined}
                  aria-label={isCurrent ? t("current_stage", { stage: stage.name }) : t("move_to", { stage: stage.name })}
                  onClick={() => move(stage)}
                  className={clsx(
                    "flex h-6 w-full items-center justify-center rounded-sm px-2 text-xs font-medium transition-colors duration-75 first:rounded-l-md",
                    isCurrent ? "bg-accent text-on-accent" : place < reached ? "bg-accent-soft text-accent-text hover:bg-accent-line" : "bg-pressed/60 text-muted hover:bg-pressed hover:text-text",
                  )}
                >
                  <span className="truncate">{stage.name}</span>
                </button>
              </li>
            );
          })}
        </ol>
        {closed.length === 0 ? null : (
          <Menu
            align="end"
            trigger={
              <button
                type="button"
                disabled={!canMove}
                className={clsx(
                  "flex h-6 shrink-0 items-center gap-1 rounded-md px-2 text-xs font-medium data-popup-open:bg-hover",
                  current?.kind === "won" ? "bg-success-soft text-success-text" : current?.kind === "lost" ? "bg-danger-soft text-danger-text" : "border border-line-strong text-muted hover:bg-hover hover:text-text",
                )}
              >
                {current === undefined || current.kind === "open" ? t("closed_as") : current.name}
                <ChevronDown size={12} aria-hidden="true" />
              </button>
            }
          >
            {closed.map((stage) => (
              <MenuItem
                key={stage.id}
                icon={stage.kind === "won" ? <Trophy size={14} /> : <X size={14} />}
                disabled={stage.id === currentId}
                onSelect={() => move(stage)}
              >
                <span className="flex items-center gap-2">{stage.name}{stage.id === currentId ? <Check size={13} /> : null}</span>
              </MenuItem>
            ))}
          </Menu>
        )}
      </div>
      {since === null || since === 0 || current?.kind !== "open" ? null : rotting ? (
        <Tooltip label={t("rotting", { days: current.rottingDays ?? 0 })}>
          <span className="flex items-center gap-1 text-xs text-danger-text"><CircleAlert size={13} aria-hidden="true" />{t("days_in_stage", { count: since })}</span>
        </Tooltip>
      ) : (
        <span className="text-xs text-faint">{t("days_in_stage", { count: since })}</span>
      )}
      {closing === null ? null : (
        <ReasonDialog
          object={object}
          stage={closing}
          initial={record[reasonField(object, closing.kind === "won" ? "won" : "lost")?.name ?? ""]}
          onClose={() => setClosing(null)}
          onMove={(text) => {
            const reason = reasonField(object, closing.kind === "won" ? "won" : "lost");
            setClosing(null);
            void moveStage(object, record, field, closing, reason === undefined ? undefined : { field: reason, text });
          }}
        />
      )}
    </div>
  );
}
