import { TopBar } from "@/shell";
import { PageSkeleton } from "@/ui";

/** Stands here until the page is built. */
export function NotesPage() {
  return (
    <>
      <TopBar title="Notes" />
      <PageSkeleton />
    </>
  );
}
