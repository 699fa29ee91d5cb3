import { Popover as Base } from "@base-ui/react/popover";
import { clsx } from "clsx";
import type { ReactElement, ReactNode } from "react";

export interface PopoverProps {
  trigger?: ReactElement<Record<string, unknown>> | undefined;
  /** What it stands beside where there is no trigger. */
  anchor?: Element | null | undefined;
  children: ReactNode;
  /** Names it for those who can't see it. */
  label: string;
  align?: "start" | "center" | "end" | undefined;
  side?: "top" | "bottom" | "left" | "right" | undefined;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  className?: string | undefined;
  /** Whether the focus moves into it; it does unless this is false. */
  takesFocus?: boolean | undefined;
}

export function Popover(props: PopoverProps) {
  const { trigger, anchor, children, label, align = "start", side = "bottom", open, onOpenChange, className, takesFocus } = props;
  const controlled = open === undefined ? {} : { open };
  return (
    <Base.Root {...controlled} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger === undefined ? null : <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} anchor={anchor} collisionPadding={8} className="z-50">
          <Base.Popup {...(takesFocus === false ? { initialFocus: false, finalFocus: false } : {})} aria-label={label} className={clsx("popup max-w-[calc(100vw-16px)] p-3", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
