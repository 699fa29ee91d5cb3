import { clsx } from "clsx";
import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import { INPUT_CLASS } from "@/ui";

export interface NoteAreaProps {
  value: string;
  onChange: (text: string) => void;
  onSave: () => void;
  onCancel?: (() => void) | undefined;
  label: string;
  placeholder?: string | undefined;
  autoFocus?: boolean | undefined;
  invalid?: boolean | undefined;
  /** Tells whether one is typing in it. */
  onFocusWithin?: ((isWithin: boolean) => void) | undefined;
}

/** A text area that grows with its text. Mod+Enter saves. */
export function NoteArea({ value, onChange, onSave, onCancel, label, placeholder, autoFocus, invalid, onFocusWithin }: NoteAreaProps) {
  const own = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = own.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 360)}px`;
  }, [value]);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      onSave();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      if (onCancel) onCancel();
      else own.current?.blur();
    }
  };
  return (
    <textarea
      ref={own}
      rows={1}
      dir="auto"
      aria-label={label}
      aria-invalid={invalid}
      placeholder={placeholder}
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={keys}
      onFocus={() => onFocusWithin?.(true)}
      onBlur={() => onFocusWithin?.(false)}
      className={clsx(INPUT_CLASS, "block max-h-90 resize-none px-3 py-2 text-sm leading-5")}
    />
  );
}
