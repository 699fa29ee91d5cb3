import { Suspense, useState } from "react";
import { type KithRecord, useSession } from "@/api";
import { fieldOf, isEditable, type ObjectType, recordName } from "@/catalog";
import { editField, RefusalPopover, useRefusal } from "@/edit";
import { RecordAvatar } from "@/values";
import { CellEditor, EditableValue } from "./fact";
import { renamable, stageField } from "./shape";
import { StageStepper } from "./stage-stepper";
import { t } from "./texts";

/** A record's name, owner and stage. */
export function RecordHeader({ object, record, compact }: { object: ObjectType; record: KithRecord; compact?: boolean | undefined }) {
  const { user } = useSession();
  const canEdit = user.role !== "read_only";
  const name = recordName(record, t("untitled"));
  const stage = stageField(object);
  const owner = fieldOf(object, "owner");
  return (
    <div data-record={record.id} className="flex flex-col gap-2.5">
      <div className="flex min-w-0 items-center gap-3">
        <RecordAvatar object={object} name={name} size={compact ? "md" : "lg"} />
        <div className="min-w-0 flex-1"><Title object={object} record={record} canEdit={canEdit} /></div>
        {owner !== undefined && !compact && canEdit && isEditable(owner) ? (
          <EditableValue object={object} record={record} field={owner} empty={t("no_owner")} className="w-fit min-w-40 shrink-0 max-md:hidden" />
        ) : null}
      </div>
      {stage === undefined ? null : <StageStepper object={object} record={record} field={stage} />}
    </div>
  );
}

function Title({ object, record, canEdit }: { object: ObjectType; record: KithRecord; canEdit: boolean }) {
  const [editing, setEditing] = useState(false);
  const [base, setBase] = useState(record);
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  const field = renamable(object);
  const refusal = useRefusal({ record: record.id, field: "name" });
  const name = recordName(record, t("untitled"));
  const back = () => requestAnimationFrame(() => place?.querySelector("button")?.focus());
  if (field !== undefined && canEdit && editing) {
    return (
      <div ref={setPlace} className="max-w-xl">
        <Suspense fallback={<div className="h-8" />}>
          <CellEditor
            field={field}
            value={base.name}
            onCommit={(value, end) => {
              setEditing(false);
              if (end !== "blur") back();
              void editField(object, base, field, value);
            }}
            onCancel={() => {
              setEditing(false);
              back();
            }}
          />
        </Suspense>
      </div>
    );
  }
  return (
    <div ref={setPlace} data-field="name" className="relative flex min-w-0 rounded-md">
      <h2 className="min-w-0 flex-1 text-xl font-semibold">
        {field !== undefined && canEdit ? (
          <button type="button" title={t("rename")} onClick={() => { setBase(record); setEditing(true); }} className="-mx-1.5 line-clamp-2 max-w-full rounded-md px-1.5 text-left break-words hover:bg-hover" dir="auto">
            {name}
          </button>
        ) : (
          <span className="line-clamp-2 break-words" dir="auto">{name}</span>
        )}
      </h2>
      {field === undefined || refusal === undefined ? null : <RefusalPopover object={object} recordId={record.id} field={field} refusal={refusal} anchor={place} />}
    </div>
  );
}
