import { Dialog as Base } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { BACKDROP } from "./backdrop";

export interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Leaves the page behind it usable, as for a peek. */
  modeless?: boolean | undefined;
  className?: string | undefined;
}

/** A panel at the right edge; from below on a phone. Brings no header of its own. */
export function Sheet({ open, onClose, title, children, modeless, className }: SheetProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()} modal={modeless !== true} disablePointerDismissal={modeless === true}>
      <Base.Portal>
        {modeless ? null : <Base.Backdrop className={BACKDROP} />}
        <Base.Popup
          // What one looks at beside a list leaves the keys to the list.
          {...(modeless ? { initialFocus: false } : {})}
          className={clsx(
            "fixed inset-y-0 right-0 z-40 flex w-[min(480px,100vw)] flex-col border-l border-line-strong bg-bg text-text shadow-lg outline-none",
            "transition-transform duration-150 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full",
            className,
          )}
        >
          <Base.Title className="sr-only">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
