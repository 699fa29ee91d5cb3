import { describe, expect, it } from "vitest";
import { strengthOf } from "./password-strength";

describe("strengthOf", () => {
  it("asks for what the server asks for", () => {
    expect(strengthOf("").level).toBe(0);
    expect(strengthOf("elevenchars").hint).toBe("too_short");
    expect(strengthOf("abababababab").hint).toBe("common");
    expect(strengthOf("abcdefghijkl").hint).toBe("common");
    expect(strengthOf("Ada@Example.org", ["ada@example.org"]).hint).toBe("personal");
  });

  it("counts letters as people do", () => {
    expect(strengthOf("😀😀😀😀😀😀").hint).toBe("too_short");
  });

  it("prefers length", () => {
    expect(strengthOf("Tr0ub4dor&3x").hint).toBe("fair");
    expect(strengthOf("four words make one").hint).toBe("strong");
  });
});
