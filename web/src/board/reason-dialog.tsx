import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { aggregate, keys } from "@/api";
import type { Field as FieldType, ObjectType } from "@/catalog";
import { Button, Dialog, Field, Input } from "@/ui";
import type { BoardGroup } from "./groups";
import { t } from "./texts";

export interface ReasonDialogProps {
  object: ObjectType;
  group: BoardGroup;
  field: FieldType;
  onSave: (reason: string) => void;
  onClose: () => void;
}

/** Asks why a deal was won or lost, and offers the reasons that others gave. */
export function ReasonDialog({ object, group, field, onSave, onClose }: ReasonDialogProps) {
  const [text, setText] = useState("");
  const request = { group_by: field.name, metrics: "count", sort: "-count", limit: 7, filter: `${field.name} != null` };
  const { data } = useQuery({ queryKey: keys.aggregate(object.plural, request), staleTime: 60_000, queryFn: () => aggregate(object.plural, request) });
  const reasons = (data?.groups ?? []).map((one) => one.key[field.name]).filter((reason) => typeof reason === "string");
  return (
    <Dialog open onClose={onClose} title={group.kind === "won" ? t("won_title") : t("lost_title")} description={group.kind === "won" ? t("won_text") : t("lost_text")} size="sm">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(text.trim());
        }}
      >
        <Field label={t("reason")}>{(control) => <Input {...control} autoFocus value={text} onChange={(event) => setText(event.target.value)} dir="auto" />}</Field>
        <div className="flex flex-wrap gap-1.5">
          {reasons.map((reason) => (
            <Button key={reason} size="sm" onClick={() => onSave(reason)}>{reason}</Button>
          ))}
        </div>
        <div className="mt-1 flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary">{text.trim() === "" ? t("without_reason") : t("save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
