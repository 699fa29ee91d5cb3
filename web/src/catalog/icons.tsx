import { Box, Building2, CheckSquare, FileText, GitBranch, Handshake, type LucideIcon, Package, Rows3, Target, UserRound, Waypoints } from "lucide-react";
import { createElement } from "react";
import type { ObjectType } from "./types";

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

export function objectIcon(object: ObjectType | undefined): LucideIcon {
  return OBJECTS[object?.key ?? ""] ?? Box;
}

export interface IconProps {
  size?: number | undefined;
  className?: string | undefined;
}

export function ObjectIcon({ object, size = 16, className }: IconProps & { object: ObjectType | undefined }) {
  return createElement(objectIcon(object), { size, strokeWidth: 1.75, className, "aria-hidden": true });
}
