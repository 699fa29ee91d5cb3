import type { Field } from "@/catalog";
import { clockAt, editableAmount, formatDate, formatDateTime, formatMoney, formatNumber, formatPhone, isDay, isMoney, momentAt, parseDay, parseMoney, parseNumber } from "@/format";
import { type Address, isEmpty, isLinked, linkedList, textList } from "./shapes";
import { t } from "./texts";

/** A value as one line for people: in cells, chips, tooltips and announcements. */
export function displayText(field: Field, value: unknown): string {
  if (isEmpty(value)) return "";
  switch (field.type) {
    case "boolean":
      return value === true ? t("yes") : t("no");
    case "date":
      return formatDate(String(value));
    case "datetime":
      return formatDateTime(String(value));
    case "select":
      return optionLabel(field, String(value));
    case "multi_select":
      return textList(value).map((item) => optionLabel(field, item)).join(", ");
    case "phones":
      return textList(value).map(formatPhone).join(", ");
    case "address":
      return addressText(value);
    case "json":
      return JSON.stringify(value);
    default:
      return looseText(value);
  }
}

/** A value of no known type, as formulas and roll-ups have. */
export function looseText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (isMoney(value)) return formatMoney(value);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") {
    if (isDay(value)) return formatDate(value);
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return formatDateTime(value);
    if (/^-?\d+\.\d+$/.test(value)) return formatNumber(value);
    return value;
  }
  if (Array.isArray(value)) return value.map(looseText).join(", ");
  if (isLinked(value)) return value.name ?? t("untitled");
  return JSON.stringify(value);
}

export function optionLabel(field: Field, value: string): string {
  return field.options?.find((option) => option.value === value)?.label ?? value;
}

export function addressText(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value === "string" ? value : "";
  const { street, postal_code, city, region, country } = value as Address;
  const place = [postal_code, city].filter(Boolean).join(" ");
  return [street?.replaceAll("\n", ", "), place, region, country].filter(Boolean).join(", ");
}

/** A value as one would type it: what an editor starts with, and what is copied. */
export function editText(field: Field, value: unknown): string {
  if (isEmpty(value)) return "";
  switch (field.type) {
    case "currency":
      return isMoney(value) ? `${editableAmount(value.amount)} ${value.currency}` : String(value);
    case "decimal":
      return editableAmount(String(value));
    case "datetime": {
      const [day, time] = clockAt(String(value));
      return `${day} ${time}`;
    }
    case "date":
    case "number":
    case "rating":
    case "text":
    case "long_text":
      return String(value);
    case "boolean":
      return value === true ? t("yes") : t("no");
    case "emails":
    case "phones":
    case "links":
      return textList(value).join(", ");
    case "relations":
      return linkedList(value).map((item) => item.name ?? item.id).join(", ");
    case "json":
      return JSON.stringify(value, null, 2);
    default:
      return displayText(field, value);
  }
}

/** What typed or pasted text means for a field. */
export type Parsed =
  | { kind: "value"; value: unknown }
  /** The name of a record or user, which has to be looked up. */
  | { kind: "lookup"; name: string };

/**
 * Reads typed or pasted text. What can't be read here is passed on as it is: the server knows more
 * spellings, and says what it would accept.
 */
export function parseText(field: Field, typed: string, current?: unknown): Parsed {
  const text = field.type === "long_text" || field.type === "json" ? typed : typed.trim();
  if (text.trim() === "") return value(emptyOf(field));
  switch (field.type) {
    case "number":
    case "rating":
    case "decimal": {
      const number = parseNumber(text);
      if (number === null) return value(text);
      const isSmall = field.type !== "decimal" && /^-?\d{1,15}$/.test(number);
      return value(isSmall ? Number(number) : number);
    }
    case "currency":
      return value(parseMoney(text, isMoney(current) ? current.currency : undefined) ?? text);
    case "boolean": {
      const word = text.toLowerCase();
      if (YES.has(word) || word === t("yes").toLowerCase()) return value(true);
      if (NO.has(word) || word === t("no").toLowerCase()) return value(false);
      return value(text);
    }
    case "date":
      return value(parseDay(text) ?? text);
    case "datetime":
      return value(parseMoment(text) ?? text);
    case "select":
      return value(optionValue(field, text) ?? text);
    case "multi_select":
      return value(split(text).map((item) => optionValue(field, item) ?? item));
    case "emails":
    case "phones":
    case "links":
      return value(split(text));
    case "json":
      try {
        return value(JSON.parse(text));
      } catch {
        return value(text);
      }
    case "user":
    case "relation":
    case "relations":
    case "any_relation":
      return { kind: "lookup", name: text };
    default:
      return value(text);
  }
}

function value(found: unknown): Parsed {
  return { kind: "value", value: found };
}

/** What a field without a value has. */
export function emptyOf(field: Field): unknown {
  return LISTS.has(field.type) ? [] : null;
}

/** A value as the server shows it, in the form in which it takes it back. */
export function inputOf(field: Field, value: unknown): unknown {
  switch (field.type) {
    case "relation":
    case "user":
      return isLinked(value) ? value.id : value;
    case "any_relation":
      return isLinked(value) ? { object: value.object, id: value.id } : value;
    case "relations":
      return linkedList(value).map(({ id, role }) => (role ? { id, role } : { id }));
    default:
      return value;
  }
}

/** Whether two values of a field are the same to the server. */
export function sameValue(field: Field, one: unknown, other: unknown): boolean {
  if (isEmpty(one) && isEmpty(other)) return true;
  return JSON.stringify(inputOf(field, one)) === JSON.stringify(inputOf(field, other));
}

const LISTS = new Set(["multi_select", "emails", "phones", "links", "relations"]);
const YES = new Set(["yes", "y", "true", "1", "x", "✓"]);
const NO = new Set(["no", "n", "false", "0", "-"]);

function optionValue(field: Field, text: string): string | undefined {
  const wanted = text.toLowerCase();
  return field.options?.find((option) => option.value === wanted || option.label.toLowerCase() === wanted)?.value;
}

function split(text: string): string[] {
  return text.split(/[,;\n]/).map((item) => item.trim()).filter((item) => item !== "");
}

/** "2026-03-01 09:30", "tomorrow 9:30", or a day alone. */
function parseMoment(text: string): string | null {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return text;
  const match = /^(.*?)(?:[\sT,]+(\d{1,2}):(\d\d)\s*(am|pm)?)?$/i.exec(text);
  const day = match?.[1] === undefined ? null : parseDay(match[1]);
  if (!match || day === null) return null;
  const hour = Number(match[2] ?? 9);
  const half = match[4]?.toLowerCase();
  const hours = half === "pm" && hour < 12 ? hour + 12 : half === "am" && hour === 12 ? 0 : hour;
  return hours > 23 ? null : momentAt(day, `${String(hours).padStart(2, "0")}:${match[3] ?? "00"}`);
}
