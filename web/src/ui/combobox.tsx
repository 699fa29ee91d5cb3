import { Combobox as Base } from "@base-ui/react/combobox";
import { clsx } from "clsx";
import { Check, X } from "lucide-react";
import { type ReactNode, type Ref, useEffect, useState } from "react";
import { INPUT_CLASS } from "./input";
import { t } from "./texts";

export interface ComboboxItem {
  value: string;
  label: string;
  detail?: string | undefined;
  icon?: ReactNode;
}

export interface ComboboxProps {
  value: ComboboxItem | null;
  onChange: (item: ComboboxItem | null) => void;
  /** All items; narrowed by what is typed unless `onSearch` does it. */
  items: readonly ComboboxItem[];
  /** Called as one types; the owner then passes other items. */
  onSearch?: ((text: string) => void) | undefined;
  loading?: boolean | undefined;
  clearable?: boolean | undefined;
  placeholder?: string | undefined;
  label?: string | undefined;
  id?: string | undefined;
  invalid?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Opens at once and takes the focus, as in a cell of a table. */
  autoOpen?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  inputRef?: Ref<HTMLInputElement> | undefined;
  className?: string | undefined;
  /** Stands below the list, such as "Create …". */
  footer?: ReactNode;
}

export function Combobox(props: ComboboxProps) {
  const { value, onChange, items, onSearch, loading, clearable, placeholder, label, id, invalid, autoOpen, className, footer, inputRef } = props;
  const [text, setText] = useState(value?.label ?? "");
  useEffect(() => setText(value?.label ?? ""), [value?.value, value?.label]);
  return (
    <Base.Root<ComboboxItem>
      items={items}
      value={value}
      onValueChange={(next) => onChange(next)}
      inputValue={text}
      onInputValueChange={(next, details) => {
        setText(next);
        if (details.reason === "input-change" || details.reason === "input-clear") onSearch?.(next);
      }}
      {...(onSearch ? { filter: null } : {})}
      itemToStringLabel={(item) => item.label}
      isItemEqualToValue={(item, other) => item.value === other.value}
      defaultOpen={autoOpen ?? false}
      onOpenChange={(open) => props.onOpenChange?.(open)}
      autoHighlight
      disabled={props.disabled ?? false}
    >
      <div className={clsx("relative w-full", className)}>
        <Base.Input
          id={id}
          ref={inputRef}
          aria-label={label}
          aria-invalid={invalid}
          placeholder={placeholder}
          autoFocus={autoOpen}
          onFocus={(event) => autoOpen && event.currentTarget.select()}
          className={clsx(INPUT_CLASS, "h-8 pr-7 pl-2.5 text-sm")}
        />
        {clearable && value !== null ? (
          <Base.Clear
            aria-label={t("clear")}
            className="absolute top-1/2 right-1.5 flex size-5 -translate-y-1/2 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text"
          >
            <X size={13} />
          </Base.Clear>
        ) : null}
      </div>
      <ComboboxList loading={loading} footer={footer} />
    </Base.Root>
  );
}

/** The list under a combobox's input. */
export function ComboboxList({ loading, footer }: { loading: boolean | undefined; footer?: ReactNode }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} align="start" className="z-60 select-none">
        <Base.Popup className="popup max-w-96 min-w-[max(var(--anchor-width),12rem)] p-1" aria-busy={loading}>
          <Base.Empty className="px-2 py-1.5 text-faint empty:p-0">{loading ? t("searching") : t("no_match")}</Base.Empty>
          <Base.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto empty:hidden">
            {(item: ComboboxItem) => (
              <Base.Item
                key={item.value}
                value={item}
                className="flex min-h-7 items-center gap-2 rounded-md px-2 py-1 text-sm outline-none data-highlighted:bg-hover"
              >
                {item.icon}
                <span className="min-w-0 flex-1 truncate">{item.label}</span>
                {item.detail === undefined ? null : <span className="max-w-40 truncate text-xs text-faint">{item.detail}</span>}
                <Base.ItemIndicator className="text-accent-text">
                  <Check size={14} />
                </Base.ItemIndicator>
              </Base.Item>
            )}
          </Base.List>
          {footer === undefined ? null : <div className="mt-1 border-t border-line pt-1">{footer}</div>}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
