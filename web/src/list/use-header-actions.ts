import { useMemo } from "react";
import type { Column, ColumnState, ListViewState } from "@/views";
import type { HeaderActions } from "./table-header";

/** Another order of a list: by a path alone, or by one more; `null` takes it out. */
export function sortBy(sort: readonly string[], path: string, direction: "ascending" | "descending" | null, add: boolean): string[] {
  const item = direction === null ? null : direction === "descending" ? `-${path}` : path;
  const others = add ? [...sort] : sort.filter((one) => one.replace(/^-/, "") === path);
  const at = others.findIndex((one) => one.replace(/^-/, "") === path);
  if (item === null) return others.filter((_, place) => place !== at);
  return at < 0 ? [...others, item] : others.with(at, item);
}

/** What a table's header does to the view. */
export function useHeaderActions({ view, change }: ListViewState, columns: readonly Column[], filterBy: (path: string) => void): HeaderActions {
  return useMemo(() => {
    const states = columns.map((column): ColumnState => view.columns.find((state) => state.field === column.path) ?? { field: column.path, width: null, pinned: column.pinned });
    const update = (path: string, next: Partial<ColumnState>) => change({ columns: states.map((state) => (state.field === path ? { ...state, ...next } : state)) });
    return {
      sort: (path, direction, add) => change({ sort: sortBy(view.sort, path, direction, add) }),
      resize: (path, width) => update(path, { width }),
      pin: (path, pinned) => update(path, { pinned }),
      hide: (path) => change({ columns: states.filter((state) => state.field !== path) }),
      move: (path, to) => {
        const moved = states.find((state) => state.field === path);
        if (moved === undefined) return;
        const others = states.filter((state) => state !== moved);
        // A column among pinned ones is pinned, and the other way round.
        const pinned = others.filter((state) => state.pinned).length;
        change({ columns: [...others.slice(0, to), { ...moved, pinned: to < pinned || (to === pinned && moved.pinned) }, ...others.slice(to)] });
      },
      filter: filterBy,
    };
  }, [view, change, columns, filterBy]);
}
