import { Checkbox as Base } from "@base-ui/react/checkbox";
import { clsx } from "clsx";
import { Check, Minus } from "lucide-react";

export interface CheckboxProps {
  checked: boolean;
  indeterminate?: boolean | undefined;
  onChange: (checked: boolean, event: Event) => void;
  label: string;
  id?: string | undefined;
  disabled?: boolean | undefined;
  tabIndex?: number | undefined;
  className?: string | undefined;
}

export function Checkbox({ checked, indeterminate, onChange, label, className, ...rest }: CheckboxProps) {
  return (
    <Base.Root
      {...rest}
      checked={checked}
      indeterminate={indeterminate ?? false}
      onCheckedChange={(next, details) => onChange(next, details.event)}
      aria-label={label}
      className={clsx(
        "inline-flex size-4 shrink-0 items-center justify-center rounded-sm border border-faint/60 bg-bg transition-colors duration-75",
        "hover:border-accent data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-50",
        className,
      )}
    >
      <Base.Indicator className="text-on-accent data-unchecked:hidden">
        {indeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
  );
}
