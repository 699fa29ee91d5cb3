import { clsx } from "clsx";
import { shortcutParts } from "./shortcut-text";

/** The keys of a shortcut, such as `mod+k` or `g p`. */
export function Kbd({ keys, onDark, className }: { keys: string; onDark?: boolean; className?: string }) {
  return (
    <span className={clsx("inline-flex items-center gap-0.5", className)}>
      {shortcutParts(keys).map((part, place) => (
        <kbd
          key={place}
          className={clsx(
            "inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm px-1 font-sans text-2xs leading-none font-medium",
            onDark ? "bg-white/15 text-white" : "border border-line-strong bg-sunken text-muted",
          )}
        >
          {part}
        </kbd>
      ))}
    </span>
  );
}
