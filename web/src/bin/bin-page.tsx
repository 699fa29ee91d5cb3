import { TopBar } from "@/shell";
import { PageSkeleton } from "@/ui";

/** Stands here until the page is built. */
export function BinPage() {
  return (
    <>
      <TopBar title="Recycle bin" />
      <PageSkeleton />
    </>
  );
}
