/** How this person writes numbers and days. Set from the session before anything is shown. */
export interface Regional {
  /** A BCP 47 tag. */
  locale: string;
  /** An IANA name. */
  timeZone: string;
  /** The workspace's currency. */
  currency: string;
  /** Where telephone numbers are written nationally: ISO 3166-1, two letters. */
  region: string;
}

let current: Regional = { locale: "en", timeZone: "UTC", currency: "EUR", region: "US" };
let cache = new Map<string, unknown>();

export function regional(): Regional {
  return current;
}

export function setRegional(next: Regional): void {
  current = { ...next, locale: supported(next.locale), timeZone: knownZone(next.timeZone) };
  cache = new Map();
}

/** Makes an Intl object once per locale: they are slow to make and used for every cell. */
export function cached<Made>(key: string, make: () => Made): Made {
  const found = cache.get(key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each key is made by one function only
  if (found !== undefined) return found as Made;
  const made = make();
  cache.set(key, made);
  return made;
}

function supported(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? "en";
  } catch {
    return "en";
  }
}

function knownZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
