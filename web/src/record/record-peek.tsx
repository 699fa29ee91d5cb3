import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import { useMemo, useState } from "react";
import type { ObjectType } from "@/catalog";
import { recordName } from "@/catalog";
import { type Command, useCommands } from "@/commands";
import { PresenceAvatars } from "@/live";
import { IconButton, PageSkeleton, Sheet, Tabs } from "@/ui";
import { AbsentRecord } from "./absent";
import { Facts } from "./facts";
import { RecordHeader } from "./record-header";
import { RelatedRecords } from "./related";
import { t } from "./texts";
import { Timeline } from "./timeline";
import { neighbour } from "./trail";
import { useRecord } from "./use-record";
import type { TimelineKind } from "./use-timeline";

export interface RecordPeekProps {
  object: ObjectType;
  id: string;
  onClose: () => void;
  /** Goes to the next or the previous record of the list behind it. */
  onStep?: ((step: 1 | -1) => void) | undefined;
  /** Shows another record in its place. Where given, J and K go through the list that was loaded. */
  onShow?: ((id: string) => void) | undefined;
}

/** A record in a side panel, beside the list that one goes through. */
export function RecordPeek({ object, id, onClose, onStep: ownStep, onShow }: RecordPeekProps) {
  const { record, problem, retry } = useRecord(object, id);
  const [tab, setTab] = useState<"facts" | "timeline" | "related">("facts");
  const [show, setShow] = useState<TimelineKind | undefined>();
  const onStep = useMemo(() => {
    if (ownStep !== undefined || onShow === undefined) return ownStep;
    return (step: 1 | -1) => {
      const other = neighbour(object.plural, id, step);
      if (other !== null) onShow(other);
    };
  }, [ownStep, onShow, object.plural, id]);
  const commands = useMemo((): Command[] => {
    const section = t("record_section");
    const stepping: Command[] = onStep
      ? [
          { id: "peek.next", title: t("next"), section, shortcut: "j", keyboardOnly: true, run: () => onStep(1) },
          { id: "peek.previous", title: t("previous"), section, shortcut: "k", keyboardOnly: true, run: () => onStep(-1) },
        ]
      : [];
    return [...stepping, { id: "peek.close", title: t("close"), section, shortcut: "escape", keyboardOnly: true, run: onClose }];
  }, [onStep, onClose]);
  useCommands(commands);
  return (
    <Sheet open onClose={onClose} title={record === undefined ? object.label : recordName(record, t("untitled"))} modeless>
      <div data-modeless className="flex min-h-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-0.5 border-b border-line px-3">
          <span className="min-w-0 flex-1 truncate px-1 text-muted">{object.label}</span>
          <PresenceAvatars object={object.plural} id={id} />
          {onStep === undefined ? null : (
            <>
              <IconButton label={t("previous")} shortcut="k" icon={<ChevronUp size={16} />} onClick={() => onStep(-1)} />
              <IconButton label={t("next")} shortcut="j" icon={<ChevronDown size={16} />} onClick={() => onStep(1)} />
            </>
          )}
          <Link
            to="/objects/$object/$id"
            params={{ object: object.plural, id }}
            aria-label={t("open")}
            title={t("open")}
            className="flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
          >
            <Maximize2 size={14} />
          </Link>
          <IconButton label={t("close")} shortcut="escape" icon={<X size={16} />} onClick={onClose} />
        </header>
        {problem === null ? null : <AbsentRecord object={object} problem={problem} retry={retry} />}
        {record === undefined && problem === null ? <PageSkeleton /> : null}
        {record === undefined ? null : (
          <div className="min-h-0 flex-1 overflow-y-auto" key={record.id}>
            <div className="px-4 pt-4 pb-2"><RecordHeader object={object} record={record} compact /></div>
            <Tabs
              label={t("sections")}
              value={tab}
              onChange={setTab}
              className="[&>[role=tablist]]:sticky [&>[role=tablist]]:top-0 [&>[role=tablist]]:z-10 [&>[role=tablist]]:bg-bg [&>[role=tablist]]:px-4"
              tabs={[
                { value: "facts", label: t("facts"), panel: <div className="p-3"><Facts object={object} record={record} /></div> },
                { value: "timeline", label: t("timeline"), panel: <div className="p-4"><Timeline object={object} record={record} show={show} onShow={setShow} /></div> },
                { value: "related", label: t("related"), panel: <div className="p-4"><RelatedRecords object={object} record={record} /></div> },
              ]}
            />
          </div>
        )}
      </div>
    </Sheet>
  );
}
