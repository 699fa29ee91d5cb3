import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { ObjectType } from "@/catalog";
import { applyOverrides, isChanged, overridesFor, type ViewOverrides } from "./address";
import { defaultView, fromSaved, type ListView, type SavedView } from "./model";
import { defaultOf, useViews } from "./use-views";

export interface ListViewState {
  /** What is shown: the saved view with the changes in the address. */
  view: ListView;
  /** The saved view beneath; null for the list that is always there. */
  saved: SavedView | null;
  views: SavedView[] | undefined;
  changed: boolean;
  /** Shows something else, without saving it. */
  change: (change: Partial<ListView>) => void;
  /** Takes the changes back. */
  reset: () => void;
  /** Opens a saved view, or the list that is always there. */
  open: (view: SavedView | null) => void;
}

const NO_OVERRIDES: ViewOverrides = { kind: undefined, filter: undefined, sort: undefined, group: undefined, date: undefined, columns: undefined, density: undefined, footers: undefined };

/** The view in the page's address. */
export function useListView(object: ObjectType): ListViewState {
  const search = useSearch({ from: "/app/objects/$object" });
  const navigate = useNavigate({ from: "/objects/$object" });
  const views = useViews(object.plural);
  const saved = useMemo(() => {
    if (search.view === "all" || views === undefined) return null;
    return (search.view === undefined ? defaultOf(views) : views.find((view) => view.id === search.view)) ?? null;
  }, [views, search.view]);
  const base = useMemo(() => {
    const plain = defaultView(object);
    if (saved === null) return plain;
    const view = fromSaved(saved);
    return { ...view, columns: view.columns.length === 0 ? plain.columns : view.columns, groupBy: view.groupBy ?? plain.groupBy, dateField: view.dateField ?? plain.dateField };
  }, [object, saved]);
  const { kind, filter, sort, group, date, columns, density, footers } = search;
  const view = useMemo(
    () => applyOverrides(base, { kind, filter, sort, group, date, columns, density, footers }),
    [base, kind, filter, sort, group, date, columns, density, footers],
  );
  const change = useCallback(
    (next: Partial<ListView>) => void navigate({ search: (now) => ({ ...now, ...overridesFor(base, { ...view, ...next }) }), replace: true }),
    [navigate, base, view],
  );
  const reset = useCallback(() => void navigate({ search: (now) => ({ ...now, ...NO_OVERRIDES }) }), [navigate]);
  const open = useCallback(
    (next: SavedView | null) => void navigate({ search: { view: next?.id ?? "all" } }),
    [navigate],
  );
  return { view, saved, views, changed: isChanged(overridesFor(base, view)), change, reset, open };
}
