import { Progress as Base } from "@base-ui/react/progress";

/** How far something is: 0 to 1, or null while that isn't known. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  return (
    <Base.Root value={value === null ? null : Math.round(value * 100)} aria-label={label} className="w-full">
      <Base.Track className="h-1.5 overflow-hidden rounded-full bg-pressed">
        <Base.Indicator className="h-full rounded-full bg-accent transition-[width] duration-300 data-indeterminate:w-1/3 data-indeterminate:animate-shimmer" />
      </Base.Track>
    </Base.Root>
  );
}
