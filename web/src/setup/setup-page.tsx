import { PageSkeleton } from "@/ui";

/** Stands here until the page is built. */
export function SetupPage() {
  return <PageSkeleton />;
}
