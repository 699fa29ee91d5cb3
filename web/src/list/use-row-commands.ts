import { ArrowDown, ArrowUp, Eye, SquareArrowOutUpRight, SquareCheck, TextCursorInput } from "lucide-react";
import { useMemo, useRef } from "react";
import type { KithRecord } from "@/api";
import type { ObjectType } from "@/catalog";
import { type Command, useCommands } from "@/commands";
import { t } from "./texts";

interface RowCommands {
  object: ObjectType;
  current: KithRecord | undefined;
  go: (step: number) => void;
  onPeek: () => void;
  onOpen: () => void;
  onChoose: () => void;
  onChooseAll: () => void;
  onEdit?: (() => void) | undefined;
}

/** The keys of a list, whether it is shown as table, board or calendar. */
export function useRowCommands(props: RowCommands): void {
  // The commands stay the same ones while what they do changes.
  const latest = useRef(props);
  latest.current = props;
  const commands = useMemo((): Command[] => {
    const section = t("list_section");
    const when = () => latest.current.current !== undefined;
    return [
      { id: "list.next", title: t("next"), section, icon: ArrowDown, shortcut: "j", keyboardOnly: true, run: () => latest.current.go(1) },
      { id: "list.previous", title: t("previous"), section, icon: ArrowUp, shortcut: "k", keyboardOnly: true, run: () => latest.current.go(-1) },
      { id: "list.peek", title: t("peek"), section, icon: Eye, shortcut: "space", keyboardOnly: true, when, run: () => latest.current.onPeek() },
      { id: "list.open", title: t("open"), section, icon: SquareArrowOutUpRight, shortcut: "enter", keyboardOnly: true, when, run: () => latest.current.onOpen() },
      { id: "list.choose", title: t("choose"), section, icon: SquareCheck, shortcut: "x", keyboardOnly: true, when, run: () => latest.current.onChoose() },
      { id: "list.choose-all", title: t("choose_all"), section, icon: SquareCheck, shortcut: "mod+a", run: () => latest.current.onChooseAll() },
      { id: "list.edit", title: t("edit_cell"), section, icon: TextCursorInput, shortcut: "f2", keyboardOnly: true, when: () => latest.current.onEdit !== undefined && when(), run: () => latest.current.onEdit?.() },
    ];
  }, []);
  useCommands(commands);
}
