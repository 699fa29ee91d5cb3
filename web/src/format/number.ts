import { cached, regional } from "./regional";

/** A number with the locale's separators. Exact for decimal strings of any length. */
export function formatNumber(value: number | string, digits?: number): string {
  const { locale } = regional();
  const maximumFractionDigits = digits ?? 20;
  const format = cached(`number ${maximumFractionDigits}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits }));
  return format.format(exact(value));
}

/** 12,345 as 12.3K. */
export function formatCompact(value: number | string): string {
  const { locale } = regional();
  const format = cached("compact", () => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }));
  return format.format(exact(value));
}

/** A share of one as percent. */
export function formatPercent(share: number): string {
  const { locale } = regional();
  return cached("percent", () => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 })).format(share);
}

/** A count that may be a lower bound: 10,000+. */
export function formatCount(count: { value: number; exact: boolean }): string {
  return `${formatNumber(count.value)}${count.exact ? "" : "+"}`;
}

/** Intl reads decimal strings exactly; through a float they would lose digits. */
export function exact(value: number | string): number | Intl.StringNumericLiteral {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the pattern
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? (value as Intl.StringNumericLiteral) : Number(value);
}

/**
 * What a person typed as number, as decimal string; null where it isn't one. Takes the locale's
 * separators, and a point where that can't be anything else.
 */
export function parseNumber(typed: string): string | null {
  const { group, decimal } = separators();
  let text = typed.trim().replaceAll("\u2212", "-").replaceAll(/[\s\u00a0\u202f'’]/g, "");
  if (decimal !== "." && !text.includes(decimal) && /^-?\d+\.\d+$/.test(text)) {
    // "1.234" is a thousand where the point groups, "1.5" can only be a fraction.
    if (group !== "." || !/^-?\d{1,3}\.\d{3}$/.test(text)) return clean(text);
  }
  if (group !== "") text = text.replaceAll(group, "");
  if (decimal !== ".") text = text.replace(decimal, ".");
  return clean(text);
}

function clean(text: string): string | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${fraction === "" ? "" : `.${fraction}`}`;
}

function separators(): { group: string; decimal: string } {
  const { locale } = regional();
  return cached("separators", () => {
    const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(-1234567.5);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
    const group = of("group");
    return { group: /\s/.test(group) ? "" : group, decimal: of("decimal") || "." };
  });
}
