const NAMES: Record<string, string> = {
  enter: "↵",
  escape: "Esc",
  space: "Space",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  backspace: "⌫",
  delete: "Del",
  tab: "Tab",
  shift: "⇧",
};

/** Whether the keyboard has a command key. */
export function isApple(): boolean {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
}

/** A shortcut's keys one by one, as they are written on the keyboard: `mod+k` is ⌘ K or Ctrl K. */
export function shortcutParts(keys: string, apple: boolean = isApple()): string[] {
  return keys.split(" ").flatMap((stroke) =>
    stroke.split("+").map((key) => {
      if (key === "mod") return apple ? "⌘" : "Ctrl";
      if (key === "alt") return apple ? "⌥" : "Alt";
      return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
    }),
  );
}
