import { type Editor, mergeAttributes, Node } from "@tiptap/core";

/** A user within a note. */
export const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  selectable: false,
  atom: true,
  addAttributes: () => ({ id: { default: "" }, name: { default: "" } }),
  parseHTML: () => [
    {
      tag: "span[data-user]",
      getAttrs: (element) => ({ id: element.getAttribute("data-user") ?? "", name: (element.textContent ?? "").replace(/^@/, "") }),
    },
  ],
  renderHTML: ({ node, HTMLAttributes }) => ["span", mergeAttributes({ "data-user": node.attrs.id as string, class: "mention" }, HTMLAttributes), `@${String(node.attrs.name)}`],
  renderText: ({ node }) => `@${String(node.attrs.name)}`,
});

/** What is typed after an @, and where it stands. */
export interface Wanted {
  text: string;
  from: number;
  to: number;
}

/** The name that is being typed where the cursor is; null where none is. */
export function wantedAt(editor: Editor): Wanted | null {
  const { empty, $from } = editor.state.selection;
  if (!empty || !editor.isEditable || editor.isActive("code")) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset, "\n", "\u{fffc}");
  const found = /(?:^|[\s(\u{fffc}])@((?:[\p{L}\p{N}.'-]+ ?){0,3})$/u.exec(before);
  const text = found?.[1];
  return text === undefined ? null : { text, from: $from.pos - text.length - 1, to: $from.pos };
}

export function insertMention(editor: Editor, wanted: Wanted, user: { id: string; name: string }): void {
  editor
    .chain()
    .focus()
    .insertContentAt({ from: wanted.from, to: wanted.to }, [{ type: "mention", attrs: { id: user.id, name: user.name } }, { type: "text", text: " " }])
    .run();
}
