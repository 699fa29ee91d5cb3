import { clsx } from "clsx";
import { t } from "./texts";

/** A place that will be filled. Appears after 150 ms only, so that fast answers don't flicker. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span className="contents" aria-hidden="true">
      <span className={clsx("block animate-fade-late rounded-sm", className)}>
        <span className="block size-full animate-shimmer rounded-[inherit] bg-pressed" />
      </span>
    </span>
  );
}

/** A page that will be filled. */
export function PageSkeleton() {
  return (
    <div className="flex flex-col gap-3 p-6" role="status" aria-label={t("loading")}>
      <Skeleton className="h-6 w-48" />
      <Skeleton className="h-4 w-full max-w-xl" />
      <Skeleton className="h-4 w-full max-w-lg" />
      <Skeleton className="h-4 w-full max-w-md" />
    </div>
  );
}
