import type { StreamBlock } from "./events";

/** The most characters that an unfinished block may have. */
const LONGEST = 8_000_000;

/** Reads server-sent events from pieces of text, as the HTML standard has them. */
export class BlockReader {
  private rest = "";

  /** The blocks that are complete with this piece. */
  push(piece: string): StreamBlock[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    const blocks: StreamBlock[] = [];
    let begun: string[] = [];
    // The last line may go on with the next piece.
    const last = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") begun.push(line);
      else if (begun.length > 0) {
        blocks.push(blockOf(begun));
        begun = [];
      }
    }
    this.rest = [...begun, last].join("\n");
    if (this.rest.length > LONGEST) throw new Error("An event of the stream has no end.");
    return blocks;
  }
}

function blockOf(lines: readonly string[]): StreamBlock {
  const block: StreamBlock = { id: null, event: null, data: "" };
  const data: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") block.event = value;
    else if (name === "id") block.id = value;
  }
  block.data = data.join("\n");
  return block;
}
