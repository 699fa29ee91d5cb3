import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { INPUT_CLASS } from "./input";

export interface SelectChoice<Value extends string> {
  value: Value;
  label: string;
  icon?: ReactNode;
}

export interface SelectProps<Value extends string> {
  value: Value | null;
  onChange: (value: Value) => void;
  choices: readonly SelectChoice<Value>[];
  label?: string | undefined;
  placeholder?: string | undefined;
  id?: string | undefined;
  disabled?: boolean | undefined;
  invalid?: boolean | undefined;
  className?: string | undefined;
  autoOpen?: boolean | undefined;
}

/** One of a short list. For long lists, or lists from the server, take Combobox. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, onChange, choices, label, placeholder, id, disabled, invalid, className, autoOpen } = props;
  return (
    <Base.Root
      items={choices}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      disabled={disabled ?? false}
      defaultOpen={autoOpen ?? false}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        aria-invalid={invalid}
        className={clsx(INPUT_CLASS, "flex h-8 items-center justify-between gap-2 px-2.5 text-left text-sm", className)}
      >
        <Base.Value className="truncate data-placeholder:text-faint" placeholder={placeholder} />
        <Base.Icon className="shrink-0 text-faint">
          <ChevronsUpDown size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60 select-none">
          <Base.Popup className="popup min-w-(--anchor-width) p-1">
            <Base.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto">
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  className="flex h-7 items-center gap-2 rounded-md pr-2 pl-2 text-sm outline-none data-highlighted:bg-hover"
                >
                  {choice.icon}
                  <Base.ItemText className="flex-1 truncate">{choice.label}</Base.ItemText>
                  <Base.ItemIndicator className="text-accent-text">
                    <Check size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
