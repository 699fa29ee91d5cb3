/** Which records of a list are chosen: some, or all that match but a few. */
export type Selection = { kind: "some"; ids: ReadonlySet<string> } | { kind: "all"; except: ReadonlySet<string> };

export const NOTHING: Selection = { kind: "some", ids: new Set() };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === "some" ? selection.ids.has(id) : !selection.except.has(id);
}

export function isNothing(selection: Selection): boolean {
  return selection.kind === "some" && selection.ids.size === 0;
}

/** Chooses records, or takes them out. */
export function select(selection: Selection, ids: readonly string[], chosen: boolean): Selection {
  const add = selection.kind === "some" ? chosen : !chosen;
  const next = new Set(selection.kind === "some" ? selection.ids : selection.except);
  for (const id of ids) {
    if (add) next.add(id);
    else next.delete(id);
  }
  return selection.kind === "some" ? { kind: "some", ids: next } : { kind: "all", except: next };
}

export function toggle(selection: Selection, id: string): Selection {
  return select(selection, [id], !isSelected(selection, id));
}

/** How many are chosen, where that is known. */
export function sizeOf(selection: Selection, total: { value: number; exact: boolean } | undefined): { value: number; exact: boolean } | null {
  if (selection.kind === "some") return { value: selection.ids.size, exact: true };
  return total === undefined ? null : { value: Math.max(total.value - selection.except.size, 0), exact: total.exact };
}
