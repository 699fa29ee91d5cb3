import { Combobox, type ComboboxItem } from "@/ui";
import { currencyItems, localeItems, regionItems, timeZoneItems } from "./choices";
import { t } from "./texts";

export interface PickerProps {
  value: string | null;
  onChange: (value: string) => void;
  id?: string | undefined;
  label?: string | undefined;
  invalid?: boolean | undefined;
  disabled?: boolean | undefined;
}

export function CurrencyPicker(props: PickerProps) {
  return <Picker {...props} items={currencyItems()} />;
}

export function RegionPicker(props: PickerProps) {
  return <Picker {...props} items={regionItems()} />;
}

export function TimeZonePicker(props: PickerProps) {
  return <Picker {...props} items={timeZoneItems()} />;
}

export function LocalePicker(props: PickerProps) {
  return <Picker {...props} items={localeItems()} />;
}

/** What is set stays shown even where this browser has no name for it. */
function Picker({ value, onChange, items, ...rest }: PickerProps & { items: readonly ComboboxItem[] }) {
  const chosen = value === null || value === "" ? null : (items.find((item) => item.value === value) ?? { value, label: value });
  return <Combobox {...rest} value={chosen} items={items} onChange={(item) => item && onChange(item.value)} placeholder={t("choose")} />;
}
