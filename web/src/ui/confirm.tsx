import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Button } from "./button";
import { BACKDROP } from "./dialog";
import { t } from "./texts";

export interface ConfirmRequest {
  title: string;
  text: ReactNode;
  /** What the confirming button says: a verb. */
  action: string;
  danger?: boolean | undefined;
}

interface Pending extends ConfirmRequest {
  resolve: (confirmed: boolean) => void;
}

let pending: Pending | null = null;
const listeners = new Set<() => void>();

function set(next: Pending | null) {
  pending = next;
  for (const listener of listeners) listener();
}

function answer(confirmed: boolean) {
  pending?.resolve(confirmed);
  set(null);
}

/** Asks before something that can't be undone. For what can be undone, act and offer Undo instead. */
export function confirm(request: ConfirmRequest): Promise<boolean> {
  pending?.resolve(false);
  return new Promise((resolve) => set({ ...request, resolve }));
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows what `confirm` asks. The shell renders it once. */
export function ConfirmOutlet() {
  const current = useSyncExternalStore(subscribe, () => pending);
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
