import { useRef, useState } from "react";
import type { Field } from "@/catalog";
import { Editor } from "./editor";
import { parseText } from "./text";

/** How an edit ended, and so where the focus goes next. */
export type EditEnd = "enter" | "tab" | "shift-tab" | "blur" | "pick";

export interface CellEditorProps {
  field: Field;
  value: unknown;
  /** What was typed to open it. */
  initialText?: string | undefined;
  onCommit: (value: unknown, end: EditEnd) => void;
  onCancel: () => void;
}

/** An editor in place of a value: Enter and Tab commit, Esc cancels, leaving commits. */
export function CellEditor({ field, value, initialText, onCommit, onCancel }: CellEditorProps) {
  const [draft, setDraft] = useState(() => typed(field, value, initialText));
  const latest = useRef(draft);
  const finished = useRef(false);
  const wrapper = useRef<HTMLDivElement>(null);
  const change = (next: unknown) => {
    latest.current = next;
    setDraft(next);
  };
  const commit = (end: EditEnd) => {
    if (finished.current) return;
    finished.current = true;
    onCommit(latest.current, end);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys bubble from the control in it
    <div
      ref={wrapper}
      className="w-full"
      onKeyDown={(event) => {
        const multiline = event.target instanceof HTMLTextAreaElement;
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          finished.current = true;
          onCancel();
        } else if (event.key === "Enter" && !event.defaultPrevented && (!multiline || event.metaKey || event.ctrlKey)) {
          event.preventDefault();
          event.stopPropagation();
          commit("enter");
        } else if (event.key === "Tab" && isLast(wrapper.current, event.target, event.shiftKey)) {
          event.preventDefault();
          event.stopPropagation();
          commit(event.shiftKey ? "shift-tab" : "tab");
        } else {
          // Arrows and letters belong to the control, not to the table around it.
          event.stopPropagation();
        }
      }}
      onBlur={() => {
        // The focus may move within the editor, or into a list that it opened.
        setTimeout(() => {
          const active = document.activeElement;
          if (wrapper.current === null || wrapper.current.contains(active) || active?.closest(".popup")) return;
          commit("blur");
        }, 0);
      }}
    >
      <Editor
        field={field}
        value={draft}
        onChange={change}
        onDone={(next) => {
          latest.current = next;
          commit("pick");
        }}
        label={field.label}
        autoFocus
        initialText={initialText}
      />
    </div>
  );
}

/** What an editor begins with: what was typed to open it counts. */
function typed(field: Field, value: unknown, text: string | undefined): unknown {
  if (text === undefined) return value;
  const parsed = parseText(field, text, value);
  return parsed.kind === "value" ? parsed.value : value;
}

/** Whether Tab would leave the editor: it goes through an address part by part. */
function isLast(wrapper: HTMLElement | null, target: EventTarget, back: boolean): boolean {
  const stops = [...(wrapper?.querySelectorAll<HTMLElement>("input:not([tabindex='-1']), textarea, [role=slider]") ?? [])];
  return target === (back ? stops[0] : stops.at(-1)) || !stops.some((stop) => stop === target);
}
