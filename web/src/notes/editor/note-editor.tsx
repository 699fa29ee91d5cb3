import { type Editor, EditorContent, useEditor, useEditorState } from "@tiptap/react";
import { StarterKit } from "@tiptap/starter-kit";
import { clsx } from "clsx";
import { AtSign, Bold, Italic, List, ListOrdered, TextQuote } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { IconButton, INPUT_CLASS } from "@/ui";
import type { NoteAreaProps } from "../note-area";
import { readMarkdown } from "../markdown";
import { t } from "../texts";
import { writeMarkdown } from "../write-markdown";
import { fromDocument, toDocument } from "./document";
import { Mention } from "./mention";
import { MentionList } from "./mention-list";
import { useMentions } from "./use-mentions";

const EXTENSIONS = [
  StarterKit.configure({
    heading: false,
    codeBlock: false,
    horizontalRule: false,
    strike: false,
    underline: false,
    dropcursor: false,
    gapcursor: false,
    trailingNode: false,
    link: { openOnClick: false, defaultProtocol: "https", protocols: ["http", "https", "mailto", "tel"], HTMLAttributes: { target: null, rel: null } },
  }),
  Mention,
];

/** Writes a note with bold text, lists, links and mentions. Its value is Markdown. */
export function NoteEditor({ value, onChange, onSave, onCancel, label, placeholder, autoFocus, invalid }: NoteAreaProps) {
  const id = useId().replaceAll(/\W/g, "");
  const written = useRef(value);
  const latest = useRef({ onChange, onSave, onCancel, onKey: (_key: string): boolean => false });
  /** There is none before the editor is in the page. */
  const [dom, setDom] = useState<HTMLElement | null>(null);
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: toDocument(readMarkdown(value)),
    // The page's policy forbids style elements: what the editor needs stands in styles.css.
    injectCSS: false,
    autofocus: autoFocus === true ? "end" : false,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, dir: "auto", class: clsx(INPUT_CLASS, "note-text min-h-9 max-h-90 overflow-y-auto px-3 py-2 text-sm leading-5 outline-none") },
      handleKeyDown: (_view, event) => {
        const { onKey, onSave, onCancel } = latest.current;
        if (onKey(event.key)) {
          event.stopPropagation();
          return true;
        }
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) onSave();
        else if (event.key === "Escape") {
          event.stopPropagation();
          if (onCancel) onCancel();
          else (event.target as HTMLElement).blur();
        } else return false;
        return true;
      },
    },
    onMount: ({ editor: mounted }) => setDom(mounted.view.dom),
    onUnmount: () => setDom(null),
    onUpdate: ({ editor: changed }) => {
      written.current = writeMarkdown(fromDocument(changed.getJSON()));
      latest.current.onChange(written.current);
    },
  });
  const { mentions, onKey } = useMentions(editor);
  latest.current = { onChange, onSave, onCancel, onKey };
  useEffect(() => {
    // Saved, or given back because it could not be.
    if (value === written.current) return;
    written.current = value;
    editor.commands.setContent(toDocument(readMarkdown(value)), { emitUpdate: false });
  }, [editor, value]);
  const list = `mentions-${id}`;
  const chosen = mentions === null ? null : `${list}-${mentions.active}`;
  useEffect(() => {
    if (dom === null) return;
    setAttribute(dom, "aria-invalid", invalid === true ? "true" : null);
    setAttribute(dom, "aria-controls", chosen === null ? null : list);
    setAttribute(dom, "aria-activedescendant", chosen);
  }, [dom, invalid, chosen, list]);
  const isEmpty = useEditorState({ editor, selector: ({ editor: now }) => now.isEmpty });
  return (
    <div className="relative">
      <EditorContent editor={editor} />
      {isEmpty && placeholder !== undefined ? <span aria-hidden="true" className="pointer-events-none absolute top-2 left-3 text-sm leading-5 text-faint">{placeholder}</span> : null}
      {isEmpty && autoFocus !== true ? null : <Toolbar editor={editor} />}
      {mentions === null ? null : <MentionList id={list} users={mentions.users} active={mentions.active} at={mentions.at} onPick={mentions.pick} />}
    </div>
  );
}

function setAttribute(element: HTMLElement, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function Toolbar({ editor }: { editor: Editor }) {
  const active = useEditorState({
    editor,
    selector: ({ editor: now }) => ({ bold: now.isActive("bold"), italic: now.isActive("italic"), bullets: now.isActive("bulletList"), numbers: now.isActive("orderedList"), quote: now.isActive("blockquote") }),
  });
  const button = (label: string, icon: ReactNode, shortcut: string | undefined, pressed: boolean | undefined, run: () => void) => (
    <IconButton size="sm" label={label} icon={icon} shortcut={shortcut} aria-pressed={pressed} onPointerDown={(event) => event.preventDefault()} onClick={run} />
  );
  return (
    <div role="toolbar" aria-label={t("formatting")} className="mt-1 flex gap-0.5">
      {button(t("bold"), <Bold size={13} />, "mod+b", active.bold, () => editor.chain().focus().toggleBold().run())}
      {button(t("italic"), <Italic size={13} />, "mod+i", active.italic, () => editor.chain().focus().toggleItalic().run())}
      {button(t("bullets"), <List size={14} />, undefined, active.bullets, () => editor.chain().focus().toggleBulletList().run())}
      {button(t("numbers"), <ListOrdered size={14} />, undefined, active.numbers, () => editor.chain().focus().toggleOrderedList().run())}
      {button(t("quote"), <TextQuote size={14} />, undefined, active.quote, () => editor.chain().focus().toggleBlockquote().run())}
      {button(t("mention"), <AtSign size={13} />, undefined, undefined, () => editor.chain().focus().insertContent(textBefore(editor) ? " @" : "@").run())}
    </div>
  );
}

/** Whether the cursor stands right behind a word. */
function textBefore(editor: Editor): boolean {
  const { $from } = editor.state.selection;
  return /\S$/.test($from.parent.textBetween(0, $from.parentOffset, "\n", " "));
}
