import type { ObjectType } from "@/catalog";
import { Sheet } from "@/ui";
import { RecordHoverCard } from "./hover-card";

export interface RecordPeekProps {
  object: ObjectType;
  id: string;
  onClose: () => void;
  /** Goes to the next or the previous record of the list behind it. */
  onStep?: ((step: 1 | -1) => void) | undefined;
}

/** A record in a side panel. Stands here until the record page is built. */
export function RecordPeek({ object, id, onClose }: RecordPeekProps) {
  return (
    <Sheet open onClose={onClose} title={object.label} modeless>
      <div className="p-4">
        <RecordHoverCard object={object} id={id} />
      </div>
    </Sheet>
  );
}
