import type { CountryCode, PhoneNumber } from "libphonenumber-js/min";
import { useSyncExternalStore } from "react";
import { cached, regional } from "./regional";

type Read = (text: string) => PhoneNumber | undefined;

let read: Read | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();

/** The numbering plans of all countries are large: they come when the first number is shown. */
export function loadPhones(): Promise<void> {
  return (loading ??= import("libphonenumber-js/min").then(
    ({ parsePhoneNumberFromString }) => {
      read = parsePhoneNumberFromString;
      for (const listener of listeners) listener();
    },
    // Numbers stay as they are stored; the next one that is shown asks again.
    () => {
      loading = null;
    },
  ));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  void loadPhones();
  return () => listeners.delete(listener);
}

/** Draws a component anew once numbers can be written as people do. */
export function usePhoneFormat(): void {
  useSyncExternalStore(subscribe, () => read !== null);
}

/** How many numbers' forms are remembered. */
const REMEMBERED = 5_000;

/**
 * A stored number, E.164 with `;ext=` for an extension, as people write it: nationally in their own
 * region, otherwise internationally.
 */
export function formatPhone(stored: string): string {
  if (read === null) return stored;
  const known = cached("phones", () => new Map<string, string>());
  let shown = known.get(stored);
  if (shown === undefined) {
    shown = written(read, stored, regional().region);
    if (known.size >= REMEMBERED) known.clear();
    known.set(stored, shown);
  }
  return shown;
}

function written(parse: Read, stored: string, region: string): string {
  const number = parse(stored);
  if (number === undefined) return stored;
  return number.country === (region as CountryCode) ? number.formatNational() : number.formatInternational();
}
