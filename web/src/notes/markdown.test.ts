import { expect, test } from "vitest";
import { type Inline, plainText, readMarkdown } from "./markdown";
import { writeMarkdown } from "./write-markdown";

const ADA = "01900000-0000-7000-8000-000000000001";

function words(body: string): unknown {
  return readMarkdown(body).map((block) => (block.kind === "list" ? block.items.map((item) => plainText(item.content)) : plainText(block.content)));
}

function marked(body: string): string[] {
  const [block] = readMarkdown(body);
  const content: Inline[] = block === undefined || block.kind === "list" ? [] : block.content;
  return content.map((one) => (one.kind === "text" ? `${one.marks.join("+")}:${one.text}${one.href === null ? "" : ` → ${one.href}`}` : one.kind));
}

test("plain text stays what it is, with every line", () => {
  expect(words("First line\nsecond line\n\nthird")).toEqual(["First line\nsecond line", "third"]);
  for (const text of ["5 * 3 * 2 = 30", "#1 priority", "snake_case_name", "a [b] (c)", "~10 %", "<script>alert(1)</script>", "2 ** 3 ** 4"]) expect(words(text)).toEqual([text]);
});

test("marks nest, and signs that nothing closes stand for themselves", () => {
  expect(marked("a **b *c* d** `e*f*`")).toEqual([":a ", "bold:b ", "bold+italic:c", "bold: d", ": ", "code:e*f*"]);
  expect(marked("***both***")).toEqual(["bold+italic:both"]);
  expect(marked("**never closed")).toEqual([":**never closed"]);
  expect(marked(String.raw`\*no\* \[x\](y)`)).toEqual([":*no* [x](y)"]);
});

test("only addresses of the web, mail and telephones become links", () => {
  expect(marked("[Kith](https://kith.example) and [x](javascript:alert(1))")).toEqual([":Kith → https://kith.example", ": and [x](javascript:alert(1))"]);
  expect(marked("see https://a.example/b?c=d.")).toEqual([":see ", ":https://a.example/b?c=d → https://a.example/b?c=d", ":."]);
});

test("users are mentioned by their ids", () => {
  expect(readMarkdown(`Ask [@Ada \\[Countess\\]](user:${ADA})`)).toEqual([
    { kind: "paragraph", content: [{ kind: "text", text: "Ask ", marks: [], href: null }, { kind: "mention", id: ADA, name: "Ada [Countess]" }] },
  ]);
  expect(marked("[@Eve](user:eve)")).toEqual([":[@Eve](user:eve)"]);
});

test("lists nest and count, quotes end with their lines", () => {
  const body = "- one\n  1. deeper\n  2. still\n- two\n\n3. three\n\n> said\n> twice\nnot said";
  const [list, numbers, quote, rest] = readMarkdown(body);
  expect(list).toMatchObject({ kind: "list", start: null, items: [{ list: { start: 1, items: [{}, {}] } }, { list: null }] });
  expect(numbers).toMatchObject({ kind: "list", start: 3 });
  expect(quote).toMatchObject({ kind: "quote", content: [{ text: "said" }, { kind: "break" }, { text: "twice" }] });
  expect(rest).toMatchObject({ kind: "paragraph" });
});

test("what is written is read back the same", () => {
  const texts = [
    "plain", "a\nb\n\nc", "**b** *i* `c`", "***both*** end", "- a\n  - b\n    - c\n- d", "3. x\n4. y", "> q\n> r", `Hi [@Ada](user:${ADA})!`, "[t](https://x.example/a%28b%29)", "https://x.example/a",
    String.raw`\- no list`, String.raw`1\. no list`, String.raw`\> no quote`, String.raw`back\\slash \*star\* \[x\]`,
  ];
  for (const text of texts) {
    const blocks = readMarkdown(text);
    expect(readMarkdown(writeMarkdown(blocks)), text).toEqual(blocks);
  }
});

test("spaces at the edges of marked text don't unmake it", () => {
  const content: Inline[] = [{ kind: "text", text: "a", marks: [], href: null }, { kind: "text", text: " b ", marks: ["bold"], href: null }, { kind: "text", text: "c", marks: [], href: null }];
  expect(writeMarkdown([{ kind: "paragraph", content }])).toBe("a **b** c");
});

test("signs without end cost no time", () => {
  for (const body of ["*a ".repeat(30_000), "[".repeat(90_000), "`".repeat(90_001), "**".repeat(50_000), "- \n".repeat(30_000)]) expect(readMarkdown(body).length).toBeGreaterThan(0);
});
