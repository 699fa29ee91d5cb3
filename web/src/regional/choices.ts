import type { ComboboxItem } from "@/ui";

/** Codes that the browser names, but that are no countries one has an address in. */
const NO_REGIONS = new Set(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]);

/** Currencies of regions where it isn't a matter of asking. The others get the euro to begin with. */
const CURRENCIES: Record<string, string> = {
  AE: "AED", AR: "ARS", AU: "AUD", BR: "BRL", CA: "CAD", CH: "CHF", CL: "CLP", CN: "CNY", CO: "COP", CZ: "CZK", DK: "DKK", EG: "EGP",
  GB: "GBP", HK: "HKD", HU: "HUF", ID: "IDR", IL: "ILS", IN: "INR", IS: "ISK", JP: "JPY", KE: "KES", KR: "KRW", LI: "CHF", MA: "MAD",
  MX: "MXN", MY: "MYR", NG: "NGN", NO: "NOK", NZ: "NZD", PE: "PEN", PH: "PHP", PK: "PKR", PL: "PLN", RO: "RON", RS: "RSD", SA: "SAR",
  SE: "SEK", SG: "SGD", TH: "THB", TR: "TRY", TW: "TWD", UA: "UAH", US: "USD", VN: "VND", ZA: "ZAR",
};

/** Regions of time zones, where the zone says more than the language that the browser speaks. */
const ZONES: Record<string, string> = {
  "Europe/Berlin": "DE", "Europe/Vienna": "AT", "Europe/Zurich": "CH", "Europe/Paris": "FR", "Europe/Madrid": "ES", "Europe/Rome": "IT", "Europe/Amsterdam": "NL",
  "Europe/Brussels": "BE", "Europe/London": "GB", "Europe/Dublin": "IE", "Europe/Lisbon": "PT", "Europe/Warsaw": "PL", "Europe/Prague": "CZ", "Europe/Stockholm": "SE",
  "Europe/Copenhagen": "DK", "Europe/Oslo": "NO", "Europe/Helsinki": "FI", "Europe/Athens": "GR", "Europe/Istanbul": "TR", "Asia/Tokyo": "JP", "Asia/Kolkata": "IN",
  "Asia/Singapore": "SG", "Australia/Sydney": "AU", "Pacific/Auckland": "NZ", "America/Sao_Paulo": "BR", "America/Mexico_City": "MX", "America/Toronto": "CA",
};

function own(): string {
  return typeof navigator === "undefined" ? "en" : navigator.language;
}

function names(type: "region" | "currency" | "language"): Intl.DisplayNames {
  return new Intl.DisplayNames([own(), "en"], { type, fallback: "code" });
}

function sorted(items: ComboboxItem[]): ComboboxItem[] {
  const { compare } = new Intl.Collator(own());
  return items.toSorted((one, other) => compare(one.label, other.label));
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

/** Every country that the browser knows a name of. */
export const regionItems = once((): ComboboxItem[] => {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const known = names("region");
  const items: ComboboxItem[] = [];
  for (const first of letters) {
    for (const second of letters) {
      const code = first + second;
      const name = NO_REGIONS.has(code) ? code : (known.of(code) ?? code);
      if (name !== code) items.push({ value: code, label: name, detail: code });
    }
  }
  return sorted(items);
});

export const currencyItems = once((): ComboboxItem[] => {
  const known = names("currency");
  return Intl.supportedValuesOf("currency").map((code) => ({ value: code, label: `${code} · ${known.of(code) ?? code}` }));
});

export const timeZoneItems = once((): ComboboxItem[] => {
  const zones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
  return [...zones].map((zone) => ({ value: zone, label: zone.replaceAll("_", " "), detail: offsetOf(zone) }));
});

/** Spellings of numbers and days to choose from; those of the same language differ by region. */
const LOCALES = [
  "en-GB", "en-US", "en-AU", "en-CA", "en-IE", "en-IN", "en-NZ", "en-ZA", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "es-ES", "es-MX", "et-EE", "fi-FI", "fr-BE", "fr-CA", "fr-CH",
  "fr-FR", "he-IL", "hr-HR", "hu-HU", "id-ID", "it-IT", "ja-JP", "ko-KR", "lt-LT", "lv-LV", "nb-NO", "nl-BE", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "sk-SK", "sl-SI", "sv-SE", "th-TH",
  "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-TW",
];

export const localeItems = once((): ComboboxItem[] => {
  const known = names("language");
  return sorted(LOCALES.map((tag) => ({ value: tag, label: known.of(tag) ?? tag, detail: example(tag) })));
});

/** 31/12/2026 · 1,234.5 as this locale writes them. */
function example(tag: string): string {
  const day = new Intl.DateTimeFormat(tag, { timeZone: "UTC" }).format(new Date(Date.UTC(2026, 11, 31)));
  return `${day} · ${new Intl.NumberFormat(tag).format(1234.5)}`;
}

function offsetOf(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts().find((part) => part.type === "timeZoneName")?.value;
  } catch {
    return undefined;
  }
}

export function regionName(code: string): string {
  return names("region").of(code) ?? code;
}

/** What the browser tells about where one is. */
export function guessRegional(): { region: string; currency: string; timeZone: string; locale: string } {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const locale = own();
  const spoken = new Intl.Locale(locale);
  const region = ZONES[timeZone] ?? spoken.region ?? spoken.maximize().region ?? "US";
  return { region, currency: CURRENCIES[region] ?? "EUR", timeZone, locale };
}
