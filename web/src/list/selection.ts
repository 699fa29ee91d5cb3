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

/** How many records an address names: more would make it too long to be sent to anybody. */
const IN_ADDRESS = 100;

/** A selection as it stands in the address: ids, or `all` and the ids that are left out. */
export function selectionText(selection: Selection): string | undefined {
  const ids = [...(selection.kind === "some" ? selection.ids : selection.except)];
  if (ids.length > IN_ADDRESS) return undefined;
  const parts = selection.kind === "some" ? ids : ["all", ...ids];
  return parts.length === 0 ? undefined : parts.join(".");
}

/** The selection that an address tells of. What is no id is left out. */
export function readSelection(text: string | undefined): Selection {
  const parts = (text ?? "").split(".");
  const ids = new Set(parts.filter((part) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part)).slice(0, IN_ADDRESS));
  if (parts[0] === "all") return { kind: "all", except: ids };
  return ids.size === 0 ? NOTHING : { kind: "some", ids };
}
