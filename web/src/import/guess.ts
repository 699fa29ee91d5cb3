import type { ObjectType } from "@/catalog";

/** What other systems call the standard objects, in headers and names of files. */
const WORDS: Record<string, readonly string[]> = {
  company: ["account", "organization", "organisation", "firm", "customer", "client"],
  person: ["contact", "people", "first name", "firstname", "last name", "lastname", "vorname", "nachname", "job title"],
  lead: ["prospect", "lead source", "lead status"],
  deal: ["opportunity", "opportunities", "pipeline", "close date", "closedate", "probability", "deal stage"],
  product: ["item", "sku", "price", "product code", "unit price"],
  task: ["todo", "activity", "due date", "duedate"],
  note: ["comment"],
};

/** The column names of a file that is text; empty where that can't be told. */
export async function headerOf(file: File): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, 65_536).arrayBuffer());
  // Workbooks are archives: only the server opens them.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return [];
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  const line = new TextDecoder(utf16).decode(bytes).split(/\r\n|\n|\r/).find((one) => one.trim() !== "") ?? "";
  if (line.startsWith("{")) return [...line.matchAll(/"([^"\\]+)"\s*:/g)].map((match) => match[1] ?? "");
  const delimiter = ["\t", ";", ",", "|"].toSorted((one, other) => line.split(other).length - line.split(one).length)[0] ?? ",";
  return line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

/**
 * The object that a file is probably about, by its name and its columns; null where nothing tells.
 * The file's name counts more: columns such as "account" stand in files of anything.
 */
export function guessObject(objects: readonly ObjectType[], fileName: string, header: readonly string[]): ObjectType | null {
  const name = fold(fileName.replace(/\.[a-z]+$/i, ""));
  const columns = header.map(fold);
  let best: ObjectType | null = null;
  let most = 0;
  for (const object of objects) {
    const words = [object.name, object.plural, object.label, object.label_plural, ...(WORDS[object.key] ?? [])].map(fold);
    const fields = new Set(object.fields.flatMap((field) => (field.retired || field.read_only ? [] : [fold(field.name), fold(field.label)])));
    let score = words.some((word) => name.includes(word)) ? 4 : 0;
    for (const column of columns) {
      if (fields.has(column)) score += 1;
      else if (words.some((word) => column === word || column === `${word} name`)) score += 1;
      else if (words.some((word) => column.startsWith(`${word} `))) score += 0.5;
    }
    if (score > most) {
      most = score;
      best = object;
    }
  }
  return best;
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
}
