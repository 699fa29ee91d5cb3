import { Dialog as Base } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { BACKDROP } from "./backdrop";
import { IconButton } from "./icon-button";
import { t } from "./texts";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Keeps the title for screen readers only. */
  hideTitle?: boolean | undefined;
  description?: ReactNode;
  children: ReactNode;
  /** The buttons at the foot. */
  footer?: ReactNode;
  size?: "sm" | "md" | "lg" | "xl" | undefined;
  initialFocus?: RefObject<HTMLElement | null> | undefined;
  className?: string | undefined;
}

const WIDTHS = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-2xl", xl: "max-w-4xl" };

export function Dialog(props: DialogProps) {
  const { open, onClose, title, hideTitle, description, children, footer, size = "md", initialFocus, className } = props;
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Viewport className="fixed inset-0 z-40 flex items-start justify-center overflow-y-auto p-4 pt-[max(16px,10vh)] max-sm:items-end max-sm:p-0">
          <Base.Popup
            {...(initialFocus === undefined ? {} : { initialFocus })}
            className={clsx(
              "flex w-full flex-col rounded-xl border border-line-strong bg-raised text-text shadow-lg outline-none max-sm:max-h-[92dvh] max-sm:rounded-b-none",
              "transition-[opacity,scale] duration-150 ease-out data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0",
              WIDTHS[size],
              className,
            )}
          >
            <header className={clsx("flex items-center justify-between gap-4 px-5 pt-4 pb-1", hideTitle && "sr-only")}>
              <Base.Title className="text-base font-semibold">{title}</Base.Title>
              <IconButton label={t("close")} icon={<X size={16} />} onClick={onClose} className="-mr-1.5" />
            </header>
            {description === undefined ? null : <Base.Description className="px-5 text-muted">{description}</Base.Description>}
            <div className={clsx("min-h-0 flex-1 overflow-y-auto", hideTitle ? "" : "px-5 pt-3 pb-5")}>{children}</div>
            {footer === undefined ? null : <footer className="flex items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
