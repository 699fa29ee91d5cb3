import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { TagColor } from "./colors";

const CLASSES: Record<TagColor, string> = {
  gray: "bg-(--tag-gray-bg) text-(--tag-gray-fg)",
  red: "bg-(--tag-red-bg) text-(--tag-red-fg)",
  orange: "bg-(--tag-orange-bg) text-(--tag-orange-fg)",
  amber: "bg-(--tag-amber-bg) text-(--tag-amber-fg)",
  green: "bg-(--tag-green-bg) text-(--tag-green-fg)",
  teal: "bg-(--tag-teal-bg) text-(--tag-teal-fg)",
  blue: "bg-(--tag-blue-bg) text-(--tag-blue-fg)",
  indigo: "bg-(--tag-indigo-bg) text-(--tag-indigo-fg)",
  violet: "bg-(--tag-violet-bg) text-(--tag-violet-fg)",
  pink: "bg-(--tag-pink-bg) text-(--tag-pink-fg)",
};

export interface BadgeProps {
  color?: TagColor | undefined;
  children: ReactNode;
  className?: string | undefined;
}

export function Badge({ color = "gray", children, className }: BadgeProps) {
  return (
    <span className={clsx("inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 text-xs font-medium", CLASSES[color], className)}>
      <span className="truncate">{children}</span>
    </span>
  );
}

/** A dot in an option's colour. */
export function Dot({ color = "gray", className }: { color?: TagColor | undefined; className?: string }) {
  return <span aria-hidden="true" className={clsx("inline-block size-2 shrink-0 rounded-full bg-current", CLASSES[color].split(" ")[1], className)} />;
}
