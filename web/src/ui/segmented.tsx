import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface SegmentedProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  label: string;
  choices: readonly { value: Value; label: string; icon?: ReactNode }[];
  /** Shows icons alone; the labels are read aloud. */
  iconsOnly?: boolean | undefined;
}

/** One of a few, all in sight. */
export function Segmented<Value extends string>({ value, onChange, label, choices, iconsOnly }: SegmentedProps<Value>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={([next]) => {
        const chosen = choices.find((choice) => choice.value === next);
        if (chosen) onChange(chosen.value);
      }}
      className="inline-flex h-7 items-center gap-0.5 rounded-md bg-pressed/70 p-0.5"
    >
      {choices.map((choice) => (
        <Toggle
          key={choice.value}
          value={choice.value}
          aria-label={choice.label}
          className={clsx(
            "flex h-6 items-center gap-1.5 rounded-[5px] text-xs font-medium text-muted transition-colors duration-75 hover:text-text data-pressed:bg-raised data-pressed:text-text data-pressed:shadow-sm",
            iconsOnly ? "w-7 justify-center" : "px-2",
          )}
        >
          {choice.icon}
          {iconsOnly ? null : choice.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
