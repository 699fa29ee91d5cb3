import { allCommands, type Command, isAvailable } from "./registry";

/** How long the second key of a chord may take. */
const CHORD = 1_200;

export interface Stroke {
  key: string;
  metaKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** A key press as shortcuts are written: `mod+k`, `shift+d`, `?`, `g`. */
export function strokeOf(event: Stroke): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const parts: string[] = [];
  if (event.metaKey || event.ctrlKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // Shift is part of a sign such as `?`, and said apart with letters and named keys.
  if (event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1)) parts.push("shift");
  parts.push(key);
  return parts.join("+");
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** What a key press means, given the keys that came before it. */
export type Meaning = { kind: "run"; command: Command } | { kind: "wait"; prefix: string } | { kind: "nothing" };

export function meaningOf(commands: readonly Command[], prefix: string | null, stroke: string, typing: boolean): Meaning {
  const fits = (command: Command) => command.shortcut !== undefined && (!typing || command.whileTyping === true) && isAvailable(command);
  const wanted = prefix === null ? stroke : `${prefix} ${stroke}`;
  // What was registered last belongs to what is in front.
  const command = commands.findLast((one) => one.shortcut === wanted && fits(one));
  if (command) return { kind: "run", command };
  if (prefix === null && commands.some((one) => one.shortcut?.startsWith(`${stroke} `) && fits(one))) return { kind: "wait", prefix: stroke };
  return prefix === null ? { kind: "nothing" } : meaningOf(commands, null, stroke, typing);
}

const PRESSABLE = "a[href],button,summary,[role=button],[role=checkbox],[role=switch],[role=tab],[role=option],[role=slider],[role=combobox]";

/** Listens to the keyboard until the returned function is called. */
export function listenToKeyboard(): () => void {
  let prefix: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => {
    prefix = null;
    clearTimeout(timer);
  };
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const typing = isTyping(event.target);
    // Enter and the space bar press what has the focus.
    if ((event.key === "Enter" || event.key === " ") && event.target instanceof Element && event.target.closest(PRESSABLE) !== null) return;
    // In dialogs and menus keys belong to them, except those that work everywhere.
    const inside = event.target instanceof Element && event.target.closest("[role=dialog],[role=alertdialog],[role=menu],[role=listbox]") !== null;
    const modeless = event.target instanceof Element && event.target.closest("[data-modeless]") !== null;
    const meaning = meaningOf(allCommands(), prefix, strokeOf(event), typing || (inside && !modeless));
    forget();
    if (meaning.kind === "run") {
      event.preventDefault();
      meaning.command.run();
    } else if (meaning.kind === "wait") {
      prefix = meaning.prefix;
      timer = setTimeout(forget, CHORD);
    }
  };
  document.addEventListener("keydown", listen);
  return () => {
    forget();
    document.removeEventListener("keydown", listen);
  };
}
