import { TopBar } from "@/shell";
import { PageSkeleton } from "@/ui";

/** Stands here until the page is built. */
export function ListPage() {
  return (
    <>
      <TopBar title="List" />
      <PageSkeleton />
    </>
  );
}
