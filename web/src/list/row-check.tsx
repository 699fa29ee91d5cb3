import { clsx } from "clsx";
import { Check } from "lucide-react";

/** A row's checkbox. Tables draw dozens of them while one scrolls, so it is as light as can be. */
export function RowCheck({ checked, label, onChange }: { checked: boolean; label: string; onChange: (range: boolean) => void }) {
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the table has the focus, and X chooses
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={label}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        onChange(event.shiftKey);
      }}
      className={clsx(
        "flex size-4 items-center justify-center rounded-sm border",
        checked ? "border-accent bg-accent text-on-accent" : "border-faint/60 bg-bg opacity-0 group-hover/row:opacity-100 hover:border-accent focus-visible:opacity-100",
      )}
    >
      {checked ? <Check size={12} strokeWidth={3} aria-hidden="true" /> : null}
    </button>
  );
}
