export { CurrencyPicker, LocalePicker, type PickerProps, RegionPicker, TimeZonePicker } from "./pickers";
export { guessRegional, regionName } from "./choices";
