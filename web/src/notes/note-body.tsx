import { type ReactNode, useMemo } from "react";
import { useUsers } from "@/api";
import { type Block, type Inline, type List, type Mark, readMarkdown } from "./markdown";

/** A note's text as it was meant: read into elements, never into HTML. */
export function NoteBody({ body }: { body: string }) {
  const blocks = useMemo(() => readMarkdown(body), [body]);
  return <div className="note-text">{blocks.map((block, place) => <BlockView key={place} block={block} />)}</div>;
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "list") return <ListView list={block} />;
  return block.kind === "quote" ? <blockquote dir="auto"><Inlines content={block.content} /></blockquote> : <p dir="auto"><Inlines content={block.content} /></p>;
}

function ListView({ list: { start, items } }: { list: List }) {
  const children = items.map((item, place) => (
    <li key={place} dir="auto">
      <Inlines content={item.content} />
      {item.list === null ? null : <ListView list={item.list} />}
    </li>
  ));
  return start === null ? <ul>{children}</ul> : <ol start={start}>{children}</ol>;
}

function Inlines({ content }: { content: readonly Inline[] }) {
  return content.map((one, place) => {
    if (one.kind === "break") return <br key={place} />;
    if (one.kind === "mention") return <MentionView key={place} id={one.id} name={one.name} />;
    const text = marked(one.text, one.marks);
    if (one.href === null) return <span key={place}>{text}</span>;
    return <a key={place} href={one.href} target="_blank" rel="noreferrer">{text}</a>;
  });
}

function marked(text: string, marks: readonly Mark[]): ReactNode {
  return marks.toReversed().reduce<ReactNode>((inner, mark) => (mark === "bold" ? <strong>{inner}</strong> : mark === "italic" ? <em>{inner}</em> : <code>{inner}</code>), text);
}

/** By the name that the user has now. */
function MentionView({ id, name }: { id: string; name: string }) {
  const user = useUsers().find((one) => one.id === id);
  return <span className="mention" dir="auto">@{user?.name ?? name}</span>;
}
