import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { aggregate, keys } from "@/api";
import type { ObjectType, Stage } from "@/catalog";
import { Button, Dialog, Field, Input } from "@/ui";
import { reasonField } from "./shape";
import { t } from "./texts";

export interface ReasonDialogProps {
  object: ObjectType;
  stage: Stage;
  initial: unknown;
  onClose: () => void;
  onMove: (reason: string) => void;
}

/** Asks why something was won or lost. Offers the reasons that were given most often. */
export function ReasonDialog({ object, stage, initial, onClose, onMove }: ReasonDialogProps) {
  const field = reasonField(object, stage.kind === "won" ? "won" : "lost");
  const [text, setText] = useState(typeof initial === "string" ? initial : "");
  const input = useRef<HTMLInputElement>(null);
  const request = { group_by: field?.name ?? "", metrics: "count", filter: `${field?.name} != null`, sort: "-count", limit: 6 };
  const { data } = useQuery({
    queryKey: keys.aggregate(object.plural, request),
    enabled: field?.type === "text" || field?.type === "select",
    queryFn: ({ signal }) => aggregate(object.plural, request, signal),
  });
  const known = (data?.groups ?? []).map(({ key }) => key[request.group_by]).filter((one) => typeof one === "string" && one !== "");
  return (
    <Dialog
      open
      size="sm"
      onClose={onClose}
      title={stage.kind === "won" ? t("why_won") : t("why_lost")}
      description={t("reason_hint")}
      initialFocus={input}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" type="submit" form="reason">{t("move", { stage: stage.name })}</Button>
        </>
      }
    >
      <form
        id="reason"
        onSubmit={(event) => {
          event.preventDefault();
          onMove(text);
        }}
      >
        <Field label={field?.label ?? t("reason")}>{(control) => <Input {...control} ref={input} value={text} dir="auto" onChange={(event) => setText(event.target.value)} />}</Field>
        {known.length === 0 ? null : (
          <div className="mt-2 flex flex-wrap gap-1">
            {known.map((reason) => (
              <button key={String(reason)} type="button" onClick={() => setText(String(reason))} className="max-w-full truncate rounded-md bg-pressed/60 px-2 py-0.5 text-xs text-muted hover:bg-pressed hover:text-text">
                {String(reason)}
              </button>
            ))}
          </div>
        )}
      </form>
    </Dialog>
  );
}
