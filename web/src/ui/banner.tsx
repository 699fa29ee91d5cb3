import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const KINDS = {
  info: { classes: "bg-accent-soft text-accent-text", icon: Info },
  success: { classes: "bg-success-soft text-success-text", icon: CircleCheck },
  warning: { classes: "bg-warning-soft text-warning-text", icon: TriangleAlert },
  error: { classes: "bg-danger-soft text-danger-text", icon: CircleAlert },
};

export interface BannerProps {
  kind?: keyof typeof KINDS | undefined;
  children: ReactNode;
  action?: ReactNode;
  className?: string | undefined;
}

export function Banner({ kind = "info", children, action, className }: BannerProps) {
  const { classes, icon: Icon } = KINDS[kind];
  return (
    <div role={kind === "error" ? "alert" : "status"} className={clsx("flex items-start gap-2 rounded-lg px-3 py-2 text-sm", classes, className)}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
