import { createInstance } from "i18next";

const i18next = createInstance();

// Texts are there before anything renders: English comes with the code that shows it.
void i18next.init({
  lng: "en",
  fallbackLng: "en",
  resources: {},
  initAsync: false,
  interpolation: { escapeValue: false },
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
