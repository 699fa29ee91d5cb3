import { parseNumber, exact } from "./number";
import { cached, regional } from "./regional";

/** Money as the API has it: never a float. */
export interface Money {
  amount: string;
  currency: string;
}

export function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "amount" in value && "currency" in value && typeof value.amount === "string" && typeof value.currency === "string";
}

export interface MoneyOptions {
  /** Leaves the fraction out where it is zero: €1,200. */
  trim?: boolean;
  /** €1.2M. */
  compact?: boolean;
}

export function formatMoney(money: Money, options: MoneyOptions = {}): string {
  const { locale } = regional();
  const whole = options.trim === true && /^-?\d+(\.0*)?$/.test(money.amount);
  const format = cached(`money ${money.currency} ${whole} ${options.compact}`, () => {
    const base: Intl.NumberFormatOptions = { style: "currency", currency: money.currency, currencyDisplay: "narrowSymbol" };
    if (options.compact) return new Intl.NumberFormat(locale, { ...base, notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 });
    return new Intl.NumberFormat(locale, whole ? { ...base, maximumFractionDigits: 0 } : base);
  });
  return format.format(exact(money.amount));
}

/** The number of digits after a currency's decimal point. */
export function currencyDigits(currency: string): number {
  return cached(`digits ${currency}`, () => {
    try {
      return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    } catch {
      return 2;
    }
  });
}

/** An amount as one would type it, without currency: 1234.50 or 1234,50. */
export function editableAmount(amount: string): string {
  const { locale } = regional();
  const point = cached("decimal point", () => new Intl.NumberFormat(locale).formatToParts(0.5).find((part) => part.type === "decimal")?.value ?? ".");
  return amount.replace(".", point);
}

/**
 * What a person typed as money: "1,200", "€ 1.200,50", "12 USD". Null where it isn't money.
 * Without a code or sign it is in `currency`.
 */
export function parseMoney(typed: string, currency: string = regional().currency): Money | null {
  const code = /(?:^|[^A-Za-z])([A-Za-z]{3})(?![A-Za-z])/.exec(typed)?.[1]?.toUpperCase();
  const sign = SIGNS[/[€£$¥₹₩₺₽₴₪]/.exec(typed)?.[0] ?? ""];
  const negative = /^\s*\(.*\)\s*$/.test(typed);
  const rest = typed.replaceAll(/[A-Za-z€£$¥₹₩₺₽₴₪()]/g, " ").trim();
  const amount = parseNumber(rest);
  if (amount === null) return null;
  // A dollar sign means the workspace's own dollar, where it has one.
  const signed = sign === "USD" && currency.endsWith("D") ? currency : sign;
  return { amount: negative && !amount.startsWith("-") ? `-${amount}` : amount, currency: code ?? signed ?? currency };
}

const SIGNS: Record<string, string> = { "€": "EUR", "£": "GBP", $: "USD", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS" };
