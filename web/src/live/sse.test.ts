import { describe, expect, it } from "vitest";
import { BlockReader } from "./sse";

describe("BlockReader", () => {
  const text = 'retry: 2000\nevent: hello\ndata: {"stream":"s"}\n\nid: records~1.2\n: \n\nid: records~1.3\nevent: record\ndata: {"a":1}\n\n';

  it("gives the same blocks wherever the text is cut", () => {
    const whole = new BlockReader().push(text);
    expect(whole).toEqual([
      { id: null, event: "hello", data: '{"stream":"s"}' },
      { id: "records~1.2", event: null, data: "" },
      { id: "records~1.3", event: "record", data: '{"a":1}' },
    ]);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const reader = new BlockReader();
      expect([...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))]).toEqual(whole);
    }
  });

  it("keeps an unfinished block back", () => {
    const reader = new BlockReader();
    expect(reader.push("event: record\ndata: 1\n")).toEqual([]);
    expect(reader.push("\n")).toEqual([{ id: null, event: "record", data: "1" }]);
  });

  it("refuses a block without end", () => {
    expect(() => new BlockReader().push("data: ".padEnd(8_000_001, "x"))).toThrow();
  });
});
