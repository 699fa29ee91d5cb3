import { describe, expect, test } from "vitest";
import { meaningOf, strokeOf } from "./keyboard";
import type { Command } from "./registry";

const plain = { metaKey: false, ctrlKey: false, altKey: false, shiftKey: false };

function command(id: string, shortcut: string, more: Partial<Command> = {}): Command {
  return { id, title: id, section: "Test", shortcut, run: () => {}, ...more };
}

function meant(commands: Command[], prefix: string | null, stroke: string, typing = false): string {
  const meaning = meaningOf(commands, prefix, stroke, typing);
  return meaning.kind === "run" ? meaning.command.id : meaning.kind;
}

describe("strokes", () => {
  test("are written as shortcuts are", () => {
    expect(strokeOf({ ...plain, key: "K", metaKey: true })).toBe("mod+k");
    expect(strokeOf({ ...plain, key: "k", ctrlKey: true })).toBe("mod+k");
    expect(strokeOf({ ...plain, key: "D", shiftKey: true })).toBe("shift+d");
    expect(strokeOf({ ...plain, key: "?", shiftKey: true })).toBe("?");
    expect(strokeOf({ ...plain, key: " " })).toBe("space");
  });
});

describe("a key press", () => {
  const commands = [command("people", "g p"), command("create", "c"), command("palette", "mod+k", { whileTyping: true })];

  test("runs a command, or waits for the second key of a chord", () => {
    expect(meant(commands, null, "c")).toBe("create");
    expect(meant(commands, null, "g")).toBe("wait");
    expect(meant(commands, "g", "p")).toBe("people");
  });

  test("after a wrong second key means what it means alone", () => {
    expect(meant(commands, "g", "c")).toBe("create");
    expect(meant(commands, "g", "x")).toBe("nothing");
  });

  test("while typing is text, unless the command says otherwise", () => {
    expect(meant(commands, null, "c", true)).toBe("nothing");
    expect(meant(commands, null, "g", true)).toBe("nothing");
    expect(meant(commands, null, "mod+k", true)).toBe("palette");
  });

  test("belongs to what was registered last, if that is available", () => {
    const front = command("front", "c");
    expect(meant([...commands, front], null, "c")).toBe("front");
    expect(meant([...commands, { ...front, when: () => false }], null, "c")).toBe("create");
  });
});
