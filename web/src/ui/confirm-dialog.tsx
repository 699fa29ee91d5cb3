import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { useState } from "react";
import { BACKDROP } from "./backdrop";
import { Button } from "./button";
import { answer, type Pending } from "./confirm";
import { t } from "./texts";

/** The question that is asked; null while it fades out. */
export function ConfirmDialog({ current }: { current: Pending | null }) {
  // The last question stays readable while the dialog fades out.
  const [shown, setShown] = useState<Pending | null>(null);
  if (current !== null && current !== shown) setShown(current);
  return (
    <Base.Root open={current !== null} onOpenChange={(open) => open || answer(false)}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className="fixed top-[20vh] left-1/2 z-50 w-[min(400px,calc(100vw-32px))] -translate-x-1/2 rounded-xl border border-line-strong bg-raised p-5 shadow-lg outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Base.Title className="text-base font-semibold">{shown?.title}</Base.Title>
          <Base.Description className="mt-1.5 text-muted">{shown?.text}</Base.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={() => answer(false)}>{t("cancel")}</Button>
            <Button variant={shown?.danger ? "danger" : "primary"} onClick={() => answer(true)}>
              {shown?.action}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
