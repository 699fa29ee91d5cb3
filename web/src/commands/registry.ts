import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";

/** Something that can be done from the palette, a menu or the keyboard. */
export interface Command {
  /** Such as `go.people`; the same id registered later replaces the earlier one. */
  id: string;
  title: string;
  /** The heading under which the palette and the shortcuts' sheet show it. */
  section: string;
  icon?: LucideIcon | undefined;
  /** `c`, a chord such as `g p`, or with a modifier: `mod+k`, `shift+d`. */
  shortcut?: string | undefined;
  /** Other words by which it is found. */
  keywords?: string | undefined;
  /** Whether it can be done now. */
  when?: (() => boolean) | undefined;
  /** Works while typing as well: only for shortcuts with a modifier. */
  whileTyping?: boolean | undefined;
  /** Leaves it out of the palette, as for keys that only mean something in a table. */
  keyboardOnly?: boolean | undefined;
  run: () => void;
}

let stack: Command[][] = [];
let current: readonly Command[] = [];
const listeners = new Set<() => void>();

function changed() {
  const byId = new Map<string, Command>();
  for (const group of stack) for (const command of group) byId.set(command.id, command);
  current = [...byId.values()];
  for (const listener of listeners) listener();
}

/** Makes commands available until the returned function is called. */
export function registerCommands(commands: Command[]): () => void {
  stack = [...stack, commands];
  changed();
  return () => {
    stack = stack.filter((group) => group !== commands);
    changed();
  };
}

/** Makes commands available while the component is shown. Memoise the list. */
export function useCommands(commands: Command[]): void {
  useEffect(() => registerCommands(commands), [commands]);
}

export function allCommands(): readonly Command[] {
  return current;
}

export function isAvailable(command: Command): boolean {
  return command.when?.() ?? true;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Every command, kept up to date. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, allCommands);
}

/** The shortcut of a command, for tooltips and menus. */
export function useShortcut(id: string): string | undefined {
  return useAllCommands().find((command) => command.id === id)?.shortcut;
}

export function runCommand(id: string): void {
  const command = current.find((one) => one.id === id);
  if (command && isAvailable(command)) command.run();
}
