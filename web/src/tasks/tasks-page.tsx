import { TopBar } from "@/shell";
import { PageSkeleton } from "@/ui";

/** Stands here until the page is built. */
export function TasksPage() {
  return (
    <>
      <TopBar title="Tasks" />
      <PageSkeleton />
    </>
  );
}
