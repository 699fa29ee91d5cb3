import { PreviewCard as Base } from "@base-ui/react/preview-card";
import type { ReactElement, ReactNode } from "react";

/** A card about what a link leads to, while the pointer rests on it. */
export function HoverCard({ trigger, children }: { trigger: ReactElement<Record<string, unknown>>; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} delay={350} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="start" className="z-50">
          <Base.Popup className="popup w-72 p-3">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
