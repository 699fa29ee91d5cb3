import { useSyncExternalStore } from "react";
import { api, asProblem, keys, queryClient, take } from "@/api";
import { toast } from "@/ui";

export type Theme = "light" | "dark" | "system";

/** The server reads this cookie and writes the theme into the page, so that nothing flashes. */
const COOKIE = "kith_theme";
const YEAR = 31_536_000;
const listeners = new Set<() => void>();

export function theme(): Theme {
  const value = document.documentElement.dataset.theme;
  return value === "light" || value === "dark" ? value : "system";
}

export function setTheme(next: Theme): void {
  document.documentElement.dataset.theme = next;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${next}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  for (const listener of listeners) listener();
}

/** Where the page did not come from the server that writes the theme: during development. */
export function restoreTheme(): void {
  const stored = new RegExp(`(?:^|; )${COOKIE}=(light|dark|system)`).exec(document.cookie)?.[1];
  if (stored !== undefined) document.documentElement.dataset.theme = stored;
}

/** Shows a theme, and keeps it for the person's other browsers. */
export function chooseTheme(next: Theme): void {
  setTheme(next);
  void take(api.PATCH("/users/me", { body: { theme: next } })).then(
    () => queryClient.invalidateQueries({ queryKey: keys.session }),
    (error: unknown) => toast({ title: asProblem(error).detail, kind: "error" }),
  );
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme);
}
