import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  /** What the button does; read aloud, and shown as tooltip. */
  label: string;
  icon: ReactNode;
  shortcut?: string | undefined;
  size?: "sm" | "md" | undefined;
}

/** A square button with an icon alone. */
export function IconButton({ label, icon, shortcut, size = "md", className, type, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <button
        {...rest}
        type={type ?? "button"}
        aria-label={label}
        className={clsx(
          "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-75 select-none",
          "hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-40 data-popup-open:bg-hover aria-pressed:bg-pressed aria-pressed:text-text",
          size === "sm" ? "size-6" : "size-7",
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
