import type { components } from "@/api";
import { t } from "../texts";

export type Scope = components["schemas"]["ApiToken"]["scopes"][number];

const LABELS: Record<Scope, string> = { "records:read": t("scope_read"), "records:write": t("scope_write"), admin: t("scope_admin") };
const HINTS: Record<Scope, string> = { "records:read": t("scope_read_hint"), "records:write": t("scope_write_hint"), admin: t("scope_admin_hint") };

export function scopeLabel(scope: Scope): string {
  return LABELS[scope];
}

export function scopeHint(scope: Scope): string {
  return HINTS[scope];
}
