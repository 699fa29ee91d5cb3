import type { ReactNode } from "react";
import { asProblem } from "@/api";
import { Button, Skeleton } from "@/ui";
import { t } from "./texts";

export interface SectionProps {
  title: string;
  /** At the right of the heading. */
  action?: ReactNode;
  loading?: boolean | undefined;
  error?: unknown;
  onRetry?: (() => void) | undefined;
  children: ReactNode;
}

/** A part of the home page. One that fails does not take the others with it. */
export function Section({ title, action, loading, error, onRetry, children }: SectionProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <header className="mb-2 flex h-7 items-center gap-3">
        <h2 className="min-w-0 truncate text-sm font-semibold">{title}</h2>
        <span className="ml-auto flex shrink-0 items-center gap-2 text-xs">{action}</span>
      </header>
      {error === null || error === undefined ? (
        loading ? (
          <div className="flex flex-col gap-2"><Skeleton className="h-8 w-full" /><Skeleton className="h-8 w-full" /><Skeleton className="h-8 w-2/3" /></div>
        ) : (
          children
        )
      ) : (
        <div className="flex items-center gap-3 text-muted">
          <p className="min-w-0">{t("failed", { detail: asProblem(error).detail })}</p>
          {onRetry ? <Button size="sm" onClick={onRetry}>{t("try_again")}</Button> : null}
        </div>
      )}
    </section>
  );
}

export const SECTION_LINK = "rounded-sm leading-6 text-muted hover:text-text hover:underline";
