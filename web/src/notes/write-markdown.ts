import type { Block, Inline, List, Mark } from "./markdown";

const SIGNS: Record<Mark, string> = { bold: "**", italic: "*", code: "`" };
/** From the outside in. */
const ORDER: readonly Mark[] = ["bold", "italic", "code"];

export function writeMarkdown(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === "list") return writeList(block, "");
      const lines = writeInline(block.content).split("\n");
      return lines.map((line) => (block.kind === "quote" ? `> ${line}` : escapeStart(line))).join("\n");
    })
    .filter((text) => text !== "")
    .join("\n\n");
}

function writeList({ start, items }: List, indent: string): string {
  return items
    .map(({ content, list }, place) => {
      const sign = start === null ? "-" : `${start + place}.`;
      const own = `${indent}${sign} ${writeInline(content).replaceAll("\n", " ")}`;
      return list === null ? own : `${own}\n${writeList(list, `${indent}${" ".repeat(sign.length + 1)}`)}`;
    })
    .join("\n");
}

/** What would be read as a list or a quote, though it is none. */
function escapeStart(line: string): string {
  return line.replace(/^( *)(-(?= )|>)/, String.raw`$1\$2`).replace(/^( *\d{1,3})\.(?= )/, String.raw`$1\.`);
}

export function writeInline(content: readonly Inline[]): string {
  let open: Mark[] = [];
  let text = "";
  const closeTo = (keep: number) => {
    const ended = open.slice(keep).toReversed();
    // Signs stand at letters, not at spaces.
    const spaces = ended.length > 0 ? (/\s*$/.exec(text)?.[0] ?? "") : "";
    text = text.slice(0, text.length - spaces.length) + ended.map((mark) => SIGNS[mark]).join("") + spaces;
    open = open.slice(0, keep);
  };
  for (const one of content) {
    const marks = one.kind === "text" ? ORDER.filter((mark) => one.marks.includes(mark)) : [];
    const same = open.findIndex((mark, place) => marks[place] !== mark);
    closeTo(same < 0 ? open.length : same);
    if (one.kind === "break") text += "\n";
    else if (one.kind === "mention") text += `[@${escapeText(one.name)}](user:${one.id})`;
    else {
      const spaces = /^\s*/.exec(one.text)?.[0] ?? "";
      const added = marks.slice(open.length);
      if (spaces.length === one.text.length) text += spaces;
      else {
        text += (added.length > 0 ? spaces : "") + added.map((mark) => SIGNS[mark]).join("");
        open = marks;
        text += written(added.length > 0 ? one.text.slice(spaces.length) : one.text, one.href, marks.includes("code"));
      }
    }
  }
  closeTo(0);
  return text;
}

function written(text: string, href: string | null, isCode: boolean): string {
  const shown = isCode ? text.replaceAll("`", "'") : escapeText(text);
  if (href === null || href === text) return href === null ? shown : text;
  return `[${shown}](${href.replaceAll("(", "%28").replaceAll(")", "%29").replaceAll(/\s/g, "%20")})`;
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\*`[\]]/g, String.raw`\$&`);
}
