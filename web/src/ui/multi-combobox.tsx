import { Combobox as Base } from "@base-ui/react/combobox";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type ComboboxItem, ComboboxList } from "./combobox";
import { INPUT_CLASS } from "./input";
import { t } from "./texts";

export interface MultiComboboxProps {
  value: readonly ComboboxItem[];
  onChange: (items: ComboboxItem[]) => void;
  items: readonly ComboboxItem[];
  onSearch?: ((text: string) => void) | undefined;
  loading?: boolean | undefined;
  /** Where given, what was typed may be added although no item has it. */
  onCreate?: ((text: string) => ComboboxItem | null) | undefined;
  placeholder?: string | undefined;
  label?: string | undefined;
  id?: string | undefined;
  invalid?: boolean | undefined;
  autoOpen?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  renderChip?: ((item: ComboboxItem) => ReactNode) | undefined;
}

/** Several of a list, shown as chips. */
export function MultiCombobox(props: MultiComboboxProps) {
  const { value, onChange, items, onSearch, loading, onCreate, label, id, invalid, autoOpen } = props;
  const [text, setText] = useState("");
  const search = (next: string) => {
    setText(next);
    onSearch?.(next);
  };
  const add = () => {
    const typed = text.trim();
    const created = typed === "" ? null : onCreate?.(typed);
    if (!created) return false;
    if (!value.some((item) => item.value === created.value)) onChange([...value, created]);
    search("");
    return true;
  };
  const known = items.some((item) => item.label.toLowerCase() === text.trim().toLowerCase());
  return (
    <Base.Root<ComboboxItem, true>
      multiple
      items={items}
      value={[...value]}
      onValueChange={(next) => {
        onChange(next);
        search("");
      }}
      inputValue={text}
      onInputValueChange={(next, details) => {
        // Where what was typed may be added, leaving the field does that: closing its list must not clear it before.
        const isForgotten = onCreate !== undefined && next === "" && details.reason !== "input-change";
        if (details.reason !== "item-press" && !isForgotten) search(next);
      }}
      {...(onSearch ? { filter: null } : {})}
      itemToStringLabel={(item) => item.label}
      isItemEqualToValue={(item, other) => item.value === other.value}
      defaultOpen={autoOpen ?? false}
      onOpenChange={(open) => props.onOpenChange?.(open)}
      autoHighlight
    >
      <Base.InputGroup className={clsx(INPUT_CLASS, "flex min-h-8 flex-wrap items-center gap-1 px-1 py-0.5 focus-within:border-accent focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent")}>
        <Base.Chips className="contents">
          {value.map((item) => (
            <Base.Chip
              key={item.value}
              aria-label={item.label}
              className="flex h-6 max-w-full items-center gap-1 rounded-sm bg-pressed pr-0.5 pl-1.5 text-xs outline-none focus-within:ring-2 focus-within:ring-accent data-highlighted:ring-2 data-highlighted:ring-accent"
            >
              <span className="truncate">{props.renderChip?.(item) ?? item.label}</span>
              <Base.ChipRemove aria-label={t("remove", { name: item.label })} className="flex size-4 items-center justify-center rounded-sm text-faint hover:text-text">
                <X size={12} />
              </Base.ChipRemove>
            </Base.Chip>
          ))}
          <Base.Input
            id={id}
            aria-label={label}
            aria-invalid={invalid}
            placeholder={value.length === 0 ? props.placeholder : undefined}
            autoFocus={autoOpen}
            onKeyDown={(event) => {
              if ((event.key === "Enter" || event.key === ",") && !known && onCreate && text.trim() !== "" && add()) {
                event.preventDefault();
                event.stopPropagation();
              }
            }}
            onBlur={() => onCreate && !known && add()}
            className="h-6 min-w-20 flex-1 bg-transparent px-1 text-sm outline-none"
          />
        </Base.Chips>
      </Base.InputGroup>
      <ComboboxList loading={loading} />
    </Base.Root>
  );
}
