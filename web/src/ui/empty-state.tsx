import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  /** Buttons: what one would do next. */
  actions?: ReactNode;
  className?: string | undefined;
}

export function EmptyState({ icon, title, text, actions, className }: EmptyStateProps) {
  return (
    <div className={clsx("flex flex-col items-center justify-center px-6 py-16 text-center", className)}>
      {icon === undefined ? null : (
        <div className="mb-4 flex size-11 items-center justify-center rounded-xl border border-line bg-sunken text-muted">{icon}</div>
      )}
      <h2 className="text-base font-semibold text-balance">{title}</h2>
      {text === undefined ? null : <p className="mt-1 max-w-sm text-balance text-muted">{text}</p>}
      {actions === undefined ? null : <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
