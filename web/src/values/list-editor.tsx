import { Star } from "lucide-react";
import { useMemo } from "react";
import type { Field } from "@/catalog";
import { Combobox, type ComboboxItem, Dot, MultiCombobox, tagColor } from "@/ui";
import type { EditorProps } from "./editor";
import { textList } from "./shapes";
import { optionLabel } from "./text";
import { t } from "./texts";

/** The options that can be chosen, and those that have been although they can't any more. */
function optionItems(field: Field, chosen: readonly string[]): ComboboxItem[] {
  return (field.options ?? [])
    .map((option, place): ComboboxItem & { retired: boolean } => ({
      value: option.value,
      label: option.retired ? t("retired", { label: option.label }) : option.label,
      icon: <Dot color={tagColor(option.color, place)} />,
      retired: option.retired === true,
    }))
    .filter((item) => !item.retired || chosen.includes(item.value));
}

export function SelectEditor({ field, value, onChange, onDone, id, label, invalid, autoFocus }: EditorProps) {
  const chosen = typeof value === "string" ? value : null;
  const items = useMemo(() => optionItems(field, chosen === null ? [] : [chosen]), [field, chosen]);
  return (
    <Combobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={items}
      value={chosen === null ? null : (items.find((item) => item.value === chosen) ?? { value: chosen, label: optionLabel(field, chosen) })}
      clearable={!field.required}
      placeholder={t("choose")}
      onChange={(item) => {
        onChange(item?.value ?? null);
        onDone?.(item?.value ?? null);
      }}
    />
  );
}

export function MultiSelectEditor({ field, value, onChange, id, label, invalid, autoFocus }: EditorProps) {
  const chosen = textList(value);
  const items = optionItems(field, chosen);
  const free = (field.options ?? []).length === 0;
  return (
    <MultiCombobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={items}
      value={chosen.map((item) => ({ value: item, label: optionLabel(field, item) }))}
      onChange={(next) => onChange(next.map((item) => item.value))}
      {...(free ? { onCreate: (text: string) => ({ value: text, label: text }) } : {})}
      placeholder={free ? undefined : t("choose")}
    />
  );
}

/** Several short texts: addresses, numbers, links. The first is the main one. */
export function TextListEditor({ field, value, onChange, id, label, invalid, autoFocus }: EditorProps) {
  return (
    <MultiCombobox
      id={id}
      label={label ?? field.label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={NO_ITEMS}
      value={textList(value).map((item) => ({ value: item, label: item }))}
      onChange={(next) => onChange(next.map((item) => item.value))}
      onCreate={(text) => ({ value: text, label: text })}
    />
  );
}

const NO_ITEMS: readonly ComboboxItem[] = [];

export function RatingEditor({ field, value, onChange, onDone, id, label, autoFocus }: EditorProps) {
  const max = field.max ?? 5;
  const rated = typeof value === "number" ? value : 0;
  const set = (next: number) => {
    const chosen = next === 0 ? null : Math.max(0, Math.min(max, next));
    onChange(chosen);
    return chosen;
  };
  return (
    <div
      id={id}
      role="slider"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a slider takes the focus
      tabIndex={0}
      aria-label={label ?? field.label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={rated}
      aria-valuetext={t("rating", { n: rated, max })}
      ref={(element) => {
        if (autoFocus && element && document.activeElement !== element && !element.contains(document.activeElement)) element.focus();
      }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (step !== undefined) set(rated + step);
        else if (/^\d$/.test(event.key)) set(Number(event.key));
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      className="inline-flex h-8 items-center gap-0.5 rounded-md bg-bg px-2"
    >
      {Array.from({ length: max }, (_, place) => (
        <button
          key={place}
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          onClick={() => {
            const chosen = set(place + 1 === rated ? 0 : place + 1);
            onDone?.(chosen);
          }}
        >
          <Star size={16} className={place < rated ? "text-(--tag-amber-fg)" : "text-line-strong"} fill={place < rated ? "currentColor" : "none"} />
        </button>
      ))}
    </div>
  );
}
