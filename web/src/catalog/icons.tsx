import { AtSign, Banknote, Binary, Box, Braces, Building2, Calendar, CalendarClock, CheckSquare, CircleDot, CircleUser, FileText, GitBranch, Hash, Handshake, Link, Link2, ListTree, type LucideIcon, MapPin, Package, Phone, Rows3, Sigma, SquareFunction, Star, Tags, Target, TextCursorInput, ToggleLeft, UserRound, Waypoints } from "lucide-react";
import { createElement } from "react";
import type { FieldType, ObjectType } from "./types";

const OBJECTS: Record<string, LucideIcon> = {
  company: Building2,
  person: UserRound,
  lead: Target,
  deal: Handshake,
  product: Package,
  task: CheckSquare,
  note: FileText,
  pipeline: GitBranch,
  stage: Waypoints,
  line_item: Rows3,
};

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

export function objectIcon(object: ObjectType | undefined): LucideIcon {
  return OBJECTS[object?.key ?? ""] ?? Box;
}

export function fieldIcon(type: FieldType): LucideIcon {
  return FIELDS[type];
}

export interface IconProps {
  size?: number | undefined;
  className?: string | undefined;
}

export function ObjectIcon({ object, size = 16, className }: IconProps & { object: ObjectType | undefined }) {
  return createElement(objectIcon(object), { size, strokeWidth: 1.75, className, "aria-hidden": true });
}

export function FieldIcon({ type, size = 14, className }: IconProps & { type: FieldType }) {
  return createElement(FIELDS[type], { size, strokeWidth: 1.75, className, "aria-hidden": true });
}
