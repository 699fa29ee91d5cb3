import type { Editor } from "@tiptap/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { type User, useUsers } from "@/api";
import { insertMention, type Wanted, wantedAt } from "./mention";

/** How many users are offered at once. */
const OFFERED = 8;

export interface Mentions {
  users: User[];
  active: number;
  at: { left: number; top: number; bottom: number };
  pick: (user: User) => void;
}

/** Offers users while a name is typed after an @. The keys are taken by `onKey`, true where it used one. */
export function useMentions(editor: Editor | null): { mentions: Mentions | null; onKey: (key: string) => boolean } {
  const users = useUsers();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [active, setActive] = useState(0);
  /** Where somebody said that they mean no one. */
  const dismissed = useRef<number | null>(null);
  useEffect(() => {
    if (editor === null) return;
    const look = () => {
      const next = wantedAt(editor);
      if (next === null) dismissed.current = null;
      setActive(0);
      setWanted(next === null || dismissed.current === next.from ? null : next);
    };
    const leave = () => setWanted(null);
    editor.on("transaction", look);
    editor.on("focus", look);
    editor.on("blur", leave);
    return () => {
      editor.off("transaction", look);
      editor.off("focus", look);
      editor.off("blur", leave);
    };
  }, [editor]);

  const found = useMemo(() => {
    if (wanted === null) return [];
    const typed = wanted.text.toLowerCase();
    const words = (name: string) => ` ${name.toLowerCase()}`;
    return users.filter((user) => user.active && words(user.name).includes(` ${typed}`)).slice(0, OFFERED);
  }, [users, wanted]);
  const index = Math.min(active, Math.max(0, found.length - 1));
  const pick = (user: User) => {
    if (editor !== null && wanted !== null) insertMention(editor, wanted, user);
    setWanted(null);
  };
  const isOpen = editor !== null && editor.isFocused && wanted !== null && found.length > 0;
  const onKey = (key: string): boolean => {
    if (!isOpen) return false;
    const chosen = found[index];
    if (key === "ArrowDown") setActive((index + 1) % found.length);
    else if (key === "ArrowUp") setActive((index - 1 + found.length) % found.length);
    else if ((key === "Enter" || key === "Tab") && chosen !== undefined) pick(chosen);
    else if (key === "Escape") {
      dismissed.current = wanted.from;
      setWanted(null);
    } else return false;
    return true;
  };
  return { mentions: isOpen ? { users: found, active: index, at: editor.view.coordsAtPos(wanted.from), pick } : null, onKey };
}
