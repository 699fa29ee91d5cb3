import { useEffect, useRef, useState } from "react";
import type { Pipeline, Stage } from "@/catalog";
import { announce } from "@/ui";
import { t } from "../texts";
import { reorder } from "./changes";
import { StageRow } from "./stage-row";

/** A pipeline's stages in their order, which is changed by dragging or by the arrow keys. */
export function StageList({ pipeline, editable }: { pipeline: Pipeline; editable: boolean }) {
  const { stages } = pipeline;
  const list = useRef<HTMLUListElement>(null);
  const [moved, setMoved] = useState<string | null>(null);
  useEffect(() => {
    // The handle keeps the focus while its row goes elsewhere.
    if (moved !== null) list.current?.querySelector<HTMLElement>(`[data-stage="${moved}"] button`)?.focus();
  }, [moved, stages]);
  const move = (stage: Stage, to: number) => {
    const place = Math.max(0, Math.min(stages.length - 1, to));
    const from = stages.findIndex((one) => one.id === stage.id);
    if (place === from) return;
    const next = stages.filter((one) => one.id !== stage.id);
    next.splice(place, 0, stage);
    void reorder(pipeline, next);
    announce(t("moved", { name: stage.name, n: place + 1 }));
  };
  return (
    <div>
      <div aria-hidden="true" className="grid h-8 grid-cols-[24px_minmax(0,1fr)_96px_112px_112px_28px] items-center gap-x-2 border-b border-line text-xs font-medium text-muted max-md:hidden">
        <span />
        <span>{t("stage")}</span>
        <span>{t("probability")}</span>
        <span>{t("kind")}</span>
        <span>{t("rotting")}</span>
      </div>
      <ul ref={list}>
        {stages.map((stage, place) => (
          <StageRow
            key={stage.id}
            stage={stage}
            place={place}
            editable={editable}
            onMove={(to) => move(stage, to)}
            onMoveByKey={(by) => {
              setMoved(stage.id);
              move(stage, place + by);
            }}
            onBlur={() => setMoved(null)}
          />
        ))}
      </ul>
    </div>
  );
}
