/**
 * What a note's `body` means: a small part of Markdown, in which every line break counts. Text that
 * means nothing special stands for itself, so notes that were never Markdown look as they were written.
 */
export type Mark = "bold" | "italic" | "code";

export type Inline =
  | { kind: "text"; text: string; marks: readonly Mark[]; href: string | null }
  /** A user: `[@Ada Lovelace](user:…)`. The name is the one of the day when it was written. */
  | { kind: "mention"; id: string; name: string }
  | { kind: "break" };

export interface Item {
  content: Inline[];
  /** A list within the list. */
  list: List | null;
}

export interface List {
  kind: "list";
  /** The first number; null for a list without numbers. */
  start: number | null;
  items: Item[];
}

export type Block = { kind: "paragraph"; content: Inline[] } | { kind: "quote"; content: Inline[] } | List;

const ITEM = /^( *)(?:[-*]|(\d{1,3})\.) +(.*)$/;
const QUOTE = /^> ?(.*)$/;
/** How far away from its beginning the end of bold text and the like is looked for. */
const REACH = 1_000;

export function readMarkdown(body: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const lists: { indent: number; list: List }[] = [];
  let open: "paragraph" | "quote" | null = null;
  const close = () => {
    if (open !== null) blocks.push({ kind: open, content: lines.flatMap((line, place) => [...(place > 0 ? [{ kind: "break" } as const] : []), ...readInline(line)]) });
    lines = [];
    open = null;
  };
  for (const line of body.split(/\r?\n/)) {
    const item = ITEM.exec(line);
    const quote = QUOTE.exec(line);
    if (item === null) lists.length = 0;
    if (item !== null) {
      close();
      addItem(blocks, lists, { indent: item[1]?.length ?? 0, start: item[2] === undefined ? null : Number(item[2]), content: readInline(item[3] ?? "") });
    } else if (line.trim() === "") close();
    else {
      const kind = quote === null ? "paragraph" : "quote";
      if (open !== kind) close();
      open = kind;
      lines.push(quote?.[1] ?? line);
    }
  }
  close();
  return blocks;
}

function addItem(blocks: Block[], lists: { indent: number; list: List }[], { indent, start, content }: { indent: number; start: number | null; content: Inline[] }): void {
  while (lists.length > 1 && (lists.at(-1)?.indent ?? 0) > indent) lists.pop();
  const current = lists.at(-1);
  const item: Item = { content, list: null };
  const above = current?.list.items.at(-1);
  if (current !== undefined && above !== undefined && indent > current.indent && lists.length < 6) {
    above.list = { kind: "list", start, items: [item] };
    lists.push({ indent, list: above.list });
  } else if (current !== undefined && (lists.length > 1 || (current.list.start === null) === (start === null))) current.list.items.push(item);
  else {
    const list: List = { kind: "list", start, items: [item] };
    blocks.push(list);
    lists.length = 0;
    lists.push({ indent, list });
  }
}

/** What a backslash takes the meaning from. */
const SIGN = /[!-/:-@[-`{-~]/;
const LINK = /\[((?:\\.|[^\]\\\n]){1,300})\]\(([^()\s]{1,2000})\)/y;
const ADDRESS = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]*]/y;
const USER = /^user:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const MARKS: readonly (readonly [string, Mark])[] = [["**", "bold"], ["*", "italic"], ["`", "code"]];

export function readInline(source: string, marks: readonly Mark[] = [], href: string | null = null): Inline[] {
  const found: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") found.push({ kind: "text", text: plain, marks, href });
    plain = "";
  };
  for (let at = 0; at < source.length; ) {
    const letter = source[at] ?? "";
    const next = source[at + 1] ?? "";
    if (letter === "\\" && SIGN.test(next)) {
      plain += next;
      at += 2;
      continue;
    }
    const link = href === null && (letter === "[" || letter === "h") ? readLink(source, at, marks) : null;
    if (link !== null) {
      flush();
      found.push(...link.content);
      at = link.end;
      continue;
    }
    const marked = letter === "*" || letter === "`" ? readMarked(source, at, marks, href) : null;
    if (marked !== null) {
      flush();
      found.push(...marked.content);
      at = marked.end;
      continue;
    }
    // Stars that mean nothing together mean nothing each.
    const end = letter === "*" ? endOfStars(source, at) : at + 1;
    plain += source.slice(at, end);
    at = end;
  }
  flush();
  return found;
}

function readLink(source: string, at: number, marks: readonly Mark[]): { content: Inline[]; end: number } | null {
  LINK.lastIndex = at;
  const link = LINK.exec(source);
  if (link !== null) {
    const [whole, label = "", target = ""] = link;
    const user = USER.exec(target)?.[1];
    if (user !== undefined) return { content: [{ kind: "mention", id: user, name: plainText(readInline(label, [], "")).replace(/^@/, "") }], end: at + whole.length };
    if (/^(?:https?:\/\/|mailto:|tel:)/i.test(target)) return { content: readInline(label, marks, target), end: at + whole.length };
  }
  ADDRESS.lastIndex = at;
  const address = ADDRESS.exec(source)?.[0];
  return address === undefined ? null : { content: [{ kind: "text", text: address, marks, href: address }], end: at + address.length };
}

function readMarked(source: string, at: number, marks: readonly Mark[], href: string | null): { content: Inline[]; end: number } | null {
  for (const [sign, mark] of MARKS) {
    if (!source.startsWith(sign, at) || marks.includes(mark)) continue;
    const start = at + sign.length;
    const end = closing(source, sign, start);
    if (end < 0) continue;
    const inner = source.slice(start, end);
    const content: Inline[] = mark === "code" ? [{ kind: "text", text: inner, marks: [...marks, mark], href }] : readInline(inner, [...marks, mark], href);
    return { content, end: end + sign.length };
  }
  return null;
}

/** Where what a sign began ends; below 0 where it doesn't. Signs with a space within stand for themselves. */
function closing(source: string, sign: string, start: number): number {
  const letter = sign === "`" ? "`" : "*";
  if (source[start] === undefined || (letter === "*" && isSpace(source[start]))) return -1;
  const limit = Math.min(source.length, start + REACH);
  for (let at = source.indexOf(letter, start); at >= 0 && at < limit; at = source.indexOf(letter, at)) {
    if (letter === "`") return at > start ? at : -1;
    const end = endOfStars(source, at);
    const isEscaped = source[at - 1] === "\\";
    // Where one star too many stands at the end, something within ended with it.
    const closes = sign === "**" ? end - at >= 2 : end - at !== 2;
    if (!isEscaped && at > start && !isSpace(source[at - 1]) && closes) return end - sign.length;
    at = end;
  }
  return -1;
}

function endOfStars(source: string, at: number): number {
  let end = at;
  while (source[end] === "*") end += 1;
  return end;
}

function isSpace(letter: string | undefined): boolean {
  return letter === undefined || letter === " " || letter === "\t" || letter === "\u00a0";
}

/** The words alone. */
export function plainText(content: readonly Inline[]): string {
  return content.map((one) => (one.kind === "text" ? one.text : one.kind === "mention" ? `@${one.name}` : "\n")).join("");
}
