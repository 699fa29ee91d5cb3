import { createInstance, type FormatterModule } from "i18next";
import { formatNumber } from "@/format";

/** Numbers are written as the person writes them, wherever a text has one. */
const numbers: FormatterModule = {
  type: "formatter",
  init: () => {},
  add: () => {},
  addCached: () => {},
  format: (value: unknown) => (typeof value === "number" ? formatNumber(value) : String(value)),
};

const i18next = createInstance().use(numbers);

// Texts are there before anything renders: English comes with the code that shows it.
void i18next.init({
  lng: "en",
  fallbackLng: "en",
  resources: {},
  initAsync: false,
  interpolation: { escapeValue: false, alwaysFormat: true },
  returnNull: false,
});

type Plural<Key> = Key extends `${infer Base}_${"zero" | "one" | "two" | "few" | "many" | "other"}` ? Base : never;
type KeyOf<Texts> = Extract<keyof Texts, string> | Plural<Extract<keyof Texts, string>>;

/**
 * Registers a folder's English texts under its name, and gives the function that reads them.
 * Keys are checked by the compiler; `name_one` and `name_other` are read as `name` with `count`.
 */
export function texts<const Texts extends Record<string, string>>(folder: string, english: Texts) {
  i18next.addResourceBundle("en", folder, english, true, true);
  return (key: KeyOf<Texts>, values: Record<string, string | number> = {}): string => i18next.t(String(key), { ...values, ns: folder });
}
