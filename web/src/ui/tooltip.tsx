import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./kbd";

export interface TooltipProps {
  label: string;
  shortcut?: string | undefined;
  side?: "top" | "bottom" | "left" | "right" | undefined;
  children: ReactElement<Record<string, unknown>>;
}

/** Around the application: after one tooltip the next come at once. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return <Base.Provider delay={400}>{children}</Base.Provider>;
}

/** Says what its child is for, on hover and focus. */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-70">
          <Base.Popup className="flex max-w-64 items-center gap-2 rounded-md bg-[#26272e] px-2 py-1 text-xs text-white shadow-md transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {label}
            {shortcut === undefined ? null : <Kbd keys={shortcut} onDark />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
