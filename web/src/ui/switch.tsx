import { Switch as Base } from "@base-ui/react/switch";

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  id?: string | undefined;
  disabled?: boolean | undefined;
}

export function Switch({ checked, onChange, label, ...rest }: SwitchProps) {
  return (
    <Base.Root
      {...rest}
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      className="inline-flex h-4.5 w-8 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-50"
    >
      <Base.Thumb className="size-3.5 rounded-full bg-white shadow-sm transition-transform duration-100 data-checked:translate-x-3.5" />
    </Base.Root>
  );
}
