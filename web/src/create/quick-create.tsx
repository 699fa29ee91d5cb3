import { useObject } from "@/catalog";
import type { QuickCreateRequest } from "@/shell";
import { Dialog, PageSkeleton } from "@/ui";

export interface QuickCreateProps extends QuickCreateRequest {
  onClose: () => void;
}

/** Stands here until the form is built. */
export function QuickCreate({ object, onClose }: QuickCreateProps) {
  const type = useObject(object);
  return (
    <Dialog open onClose={onClose} title={type?.label ?? object}>
      <PageSkeleton />
    </Dialog>
  );
}
