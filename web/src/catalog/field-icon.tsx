import { AtSign, Banknote, Binary, Braces, Calendar, CalendarClock, CircleDot, CircleUser, FileText, Hash, Link, Link2, ListTree, type LucideIcon, MapPin, Phone, Sigma, SquareFunction, Star, Tags, TextCursorInput, ToggleLeft } from "lucide-react";
import { createElement } from "react";
import type { IconProps } from "./icons";
import type { FieldType } from "./types";

const FIELDS: Record<FieldType, LucideIcon> = {
  text: TextCursorInput,
  long_text: FileText,
  number: Hash,
  decimal: Hash,
  currency: Banknote,
  boolean: ToggleLeft,
  date: Calendar,
  datetime: CalendarClock,
  select: CircleDot,
  multi_select: Tags,
  emails: AtSign,
  phones: Phone,
  links: Link,
  address: MapPin,
  rating: Star,
  user: CircleUser,
  relation: Link2,
  relations: ListTree,
  any_relation: Link2,
  json: Braces,
  autonumber: Binary,
  formula: SquareFunction,
  roll_up: Sigma,
};

export function fieldIcon(type: FieldType): LucideIcon {
  return FIELDS[type];
}

export function FieldIcon({ type, size = 14, className }: IconProps & { type: FieldType }) {
  return createElement(FIELDS[type], { size, strokeWidth: 1.75, className, "aria-hidden": true });
}
