import type { JSONContent } from "@tiptap/core";
import type { Block, Inline, Item, List, Mark } from "../markdown";

/** A note's blocks as the editor's document. */
export function toDocument(blocks: readonly Block[]): JSONContent {
  const content = blocks.map(blockNode);
  return { type: "doc", content: content.length === 0 ? [{ type: "paragraph" }] : content };
}

function blockNode(block: Block): JSONContent {
  if (block.kind === "list") return listNode(block);
  const paragraph = paragraphNode(block.content);
  return block.kind === "quote" ? { type: "blockquote", content: [paragraph] } : paragraph;
}

function listNode({ start, items }: List): JSONContent {
  const content = items.map((item) => ({ type: "listItem", content: [paragraphNode(item.content), ...(item.list === null ? [] : [listNode(item.list)])] }));
  return start === null ? { type: "bulletList", content } : { type: "orderedList", attrs: { start }, content };
}

function paragraphNode(content: readonly Inline[]): JSONContent {
  return { type: "paragraph", content: content.map(inlineNode) };
}

function inlineNode(one: Inline): JSONContent {
  if (one.kind === "break") return { type: "hardBreak" };
  if (one.kind === "mention") return { type: "mention", attrs: { id: one.id, name: one.name } };
  const marks = [...one.marks.map((type) => ({ type: type as string })), ...(one.href === null ? [] : [{ type: "link", attrs: { href: one.href } }])];
  return { type: "text", text: one.text, ...(marks.length === 0 ? {} : { marks }) };
}

/** The editor's document as a note's blocks. What a note can't hold becomes its text. */
export function fromDocument(document: JSONContent): Block[] {
  return (document.content ?? []).flatMap((node): Block[] => {
    if (node.type === "bulletList" || node.type === "orderedList") return [listOf(node)];
    if (node.type === "blockquote") return [{ kind: "quote", content: lines(node.content ?? []) }];
    return [{ kind: "paragraph", content: inlines(node) }];
  });
}

function listOf(node: JSONContent): List {
  const start: unknown = node.attrs?.start;
  return { kind: "list", start: node.type === "orderedList" ? (typeof start === "number" ? start : 1) : null, items: (node.content ?? []).map(itemOf) };
}

function itemOf(node: JSONContent): Item {
  const nested = node.content?.find(({ type }) => type === "bulletList" || type === "orderedList");
  const own = (node.content ?? []).filter((child) => child !== nested);
  return { content: lines(own), list: nested === undefined ? null : listOf(nested) };
}

/** Several paragraphs in one place: each a line. */
function lines(nodes: readonly JSONContent[]): Inline[] {
  return nodes.flatMap((node, place) => [...(place > 0 ? [{ kind: "break" } as const] : []), ...inlines(node)]);
}

const MARKS: Record<string, Mark> = { bold: "bold", italic: "italic", code: "code" };

function inlines(node: JSONContent): Inline[] {
  return (node.content ?? []).flatMap((child): Inline[] => {
    if (child.type === "hardBreak") return [{ kind: "break" }];
    if (child.type === "mention") return [{ kind: "mention", id: String(child.attrs?.id ?? ""), name: String(child.attrs?.name ?? "") }];
    if (child.type !== "text") return inlines(child);
    const marks = (child.marks ?? []).map(({ type }) => MARKS[type]).filter((mark) => mark !== undefined);
    const href: unknown = child.marks?.find(({ type }) => type === "link")?.attrs?.href;
    return [{ kind: "text", text: child.text ?? "", marks, href: typeof href === "string" ? href : null }];
  });
}
