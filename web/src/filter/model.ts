import type { FieldType } from "@/catalog";

/** A filter as groups and conditions. */
export type Tree = Group | Not | Condition | Expression;

export interface Group {
  op: "and" | "or";
  items: Tree[];
}

export interface Not {
  op: "not";
  item: Tree;
}

export interface Condition {
  /** A path, such as `company.industry`. */
  field: string;
  operator: Operator;
  value?: unknown;
}

/** What no condition can show. */
export interface Expression {
  expression: string;
}

export type Operator =
  | "is" | "is_not" | "is_other" | "any_of" | "none_of" | "contains" | "not_contains" | "starts_with" | "ends_with" | "includes" | "not_includes"
  | "gt" | "gte" | "lt" | "lte" | "between" | "before" | "after" | "on_or_before" | "on_or_after" | "during" | "empty" | "not_empty";

export function isGroup(tree: Tree): tree is Group {
  return "items" in tree;
}

export function isCondition(tree: Tree): tree is Condition {
  return "operator" in tree;
}

export function isNot(tree: Tree): tree is Not {
  return "item" in tree;
}

const TEXT: Operator[] = ["contains", "not_contains", "is", "is_not", "starts_with", "ends_with", "any_of", "none_of"];
const CHOICE: Operator[] = ["is", "is_not", "any_of", "none_of"];
const NUMBER: Operator[] = ["gt", "gte", "lt", "lte", "is", "is_not", "between"];
const DATE: Operator[] = ["during", "before", "after", "on_or_before", "on_or_after", "is", "between"];
const TEXTS: Operator[] = ["contains", "not_contains", "includes", "not_includes"];
const OPTIONS: Operator[] = ["includes", "not_includes", "any_of", "none_of"];

const OPERATORS: Partial<Record<FieldType, Operator[]>> = {
  text: TEXT,
  long_text: TEXT,
  autonumber: TEXT,
  select: CHOICE,
  relation: CHOICE,
  user: CHOICE,
  number: NUMBER,
  decimal: NUMBER,
  currency: NUMBER,
  rating: NUMBER,
  boolean: ["is"],
  date: DATE,
  datetime: DATE,
  emails: TEXTS,
  phones: TEXTS,
  links: TEXTS,
  multi_select: OPTIONS,
};

/** The operators that a field has, the most wanted first. */
export function operatorsOf(type: FieldType): Operator[] {
  return [...(OPERATORS[type] ?? []), "empty", "not_empty"];
}

/** Whether an operator asks for no value. */
export function isBare(operator: Operator): boolean {
  return operator === "empty" || operator === "not_empty";
}

/** How an operator's value is made. */
export function valueKind(operator: Operator): "none" | "one" | "list" | "two" | "period" {
  if (isBare(operator)) return "none";
  if (operator === "any_of" || operator === "none_of") return "list";
  if (operator === "between") return "two";
  return operator === "during" ? "period" : "one";
}

/** What a value is after the operator was changed: kept where it still fits. */
export function adaptValue(value: unknown, from: Operator, to: Operator): unknown {
  const [before, after] = [valueKind(from), valueKind(to)];
  if (before === after) return value;
  if (after === "list") return before === "one" && hasValue(value) ? [value] : [];
  if (after === "one" && before === "list" && Array.isArray(value)) return value[0] as unknown;
  if (after === "two") return before === "one" && hasValue(value) ? [value, null] : [null, null];
  if (after === "one" && before === "two" && Array.isArray(value)) return value[0] as unknown;
  if (after === "period") return { unit: "month", offset: 0 };
  return undefined;
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** Whether a condition says enough to be used. */
export function isComplete({ operator, value }: Condition): boolean {
  switch (valueKind(operator)) {
    case "none":
      return true;
    case "list":
      return Array.isArray(value) && value.length > 0;
    case "two":
      return Array.isArray(value) && value.length === 2 && value.every(hasValue);
    default:
      return hasValue(value);
  }
}

/** The tree without what isn't finished; null where nothing is left. */
export function finished(tree: Tree): Tree | null {
  if (isGroup(tree)) {
    const items = tree.items.map(finished).filter((item) => item !== null);
    return items.length === 0 ? null : { ...tree, items };
  }
  if (isNot(tree)) {
    const item = finished(tree.item);
    return item === null ? null : { op: "not", item };
  }
  if (isCondition(tree)) return isComplete(tree) ? tree : null;
  return tree.expression.trim() === "" ? null : tree;
}

/** The root as a group, whatever it was. */
export function asGroup(tree: Tree | null): Group {
  if (tree === null) return { op: "and", items: [] };
  return isGroup(tree) ? tree : { op: "and", items: [tree] };
}
