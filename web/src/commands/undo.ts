import { asProblem } from "@/api";
import { announce, toast } from "@/ui";
import { t } from "./texts";

interface Entry {
  title: string;
  undo: () => Promise<void> | void;
}

/** How many actions can be taken back. */
const DEPTH = 50;
let entries: Entry[] = [];

/** Remembers how to take an action back, for mod+Z. */
export function pushUndo(title: string, undo: Entry["undo"]): Entry {
  const entry = { title, undo };
  entries = [...entries.slice(1 - DEPTH), entry];
  return entry;
}

/** Forgets an action that did not happen after all. */
export function dropUndo(entry: Entry): void {
  entries = entries.filter((one) => one !== entry);
}

/** Tells what was done and offers to take it back, in a toast and by mod+Z. */
export function toastUndo(title: string, undo: Entry["undo"]): void {
  const entry = pushUndo(title, undo);
  const dismiss = toast({ title, kind: "success", action: { label: t("undo"), run: () => void take(entry) } });
  const original = entry.undo;
  entry.undo = () => {
    dismiss();
    return original();
  };
}

export function canUndo(): boolean {
  return entries.length > 0;
}

/** Takes the last action back. */
export async function undoLast(): Promise<void> {
  const last = entries.at(-1);
  if (last) await take(last);
}

async function take(entry: Entry): Promise<void> {
  if (!entries.includes(entry)) return;
  entries = entries.filter((one) => one !== entry);
  try {
    await entry.undo();
    announce(t("undone", { title: entry.title }));
    toast({ title: t("undone", { title: entry.title }), milliseconds: 2500 });
  } catch (error) {
    toast({ title: t("not_undone"), text: asProblem(error).detail, kind: "error" });
  }
}
