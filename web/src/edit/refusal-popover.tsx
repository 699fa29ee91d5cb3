import type { Field, ObjectType } from "@/catalog";
import { Button, Popover } from "@/ui";
import { Value } from "@/values";
import { type Refusal, setRefusal } from "./refusals";
import { t } from "./texts";
import { editField } from "./use-record-edit";

export interface RefusalPopoverProps {
  object: ObjectType;
  recordId: string;
  field: Field;
  refusal: Refusal;
  /** The cell or control that it belongs to. */
  anchor: Element | null;
  /** Opens the editor once more with what was typed. */
  onEditAgain?: ((value: unknown) => void) | undefined;
  onClosed?: (() => void) | undefined;
  /** Moves the focus to the buttons. Not where somebody is already typing elsewhere. */
  takesFocus?: boolean | undefined;
}

/** Says at a field why its change did not happen; where two people changed it, lets one choose. */
export function RefusalPopover({ object, recordId, field, refusal, anchor, onEditAgain, onClosed, takesFocus }: RefusalPopoverProps) {
  const close = () => {
    setRefusal({ record: recordId, field: field.name }, null);
    onClosed?.();
  };
  return (
    <Popover open anchor={anchor} label={refusal.kind === "conflict" ? t("conflict") : t("not_saved")} onOpenChange={(open) => open || close()} takesFocus={takesFocus} className="w-80 p-3!">
      <div data-refusal="">
      {refusal.kind === "refused" ? (
        <>
          <p className="font-medium text-danger-text">{t("not_saved")}</p>
          <p className="mt-0.5 break-words text-muted">{refusal.message}</p>
          <div className="mt-3 flex justify-end gap-2">
            <Button size="sm" variant="ghost" onClick={close}>{t("dismiss")}</Button>
            {onEditAgain === undefined ? null : (
              <Button
                size="sm"
                onClick={() => {
                  close();
                  onEditAgain(refusal.value);
                }}
              >
                {t("edit_again")}
              </Button>
            )}
          </div>
        </>
      ) : (
        <>
          <p className="font-medium">{t("conflict")}</p>
          <p className="mt-0.5 text-muted">{t("conflict_text")}</p>
          <dl className="mt-2 grid grid-cols-[auto_1fr] items-center gap-x-3 gap-y-1.5 rounded-md bg-sunken p-2">
            <dt className="text-xs text-muted">{t("yours")}</dt>
            <dd className="flex min-w-0"><Value field={field} value={refusal.mine} compact empty="—" /></dd>
            <dt className="text-xs text-muted">{t("theirs")}</dt>
            <dd className="flex min-w-0"><Value field={field} value={refusal.theirs} compact empty="—" /></dd>
          </dl>
          <div className="mt-3 flex justify-end gap-2">
            <Button size="sm" onClick={close}>{t("keep_theirs")}</Button>
            <Button
              size="sm"
              variant="primary"
              onClick={() => {
                close();
                void editField(object, refusal.current, field, refusal.mine);
              }}
            >
              {t("keep_mine")}
            </Button>
          </div>
        </>
      )}
      </div>
    </Popover>
  );
}
