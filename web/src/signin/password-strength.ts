/** As the server asks for. */
export const SHORTEST = 12;

export interface Strength {
  /** 0 to 4. */
  level: 0 | 1 | 2 | 3 | 4;
  hint: "too_short" | "common" | "personal" | "fair" | "good" | "strong";
}

/**
 * How good a new password is, by what counts: its length, and that it is no pattern. The server has
 * the last word; it also knows the passwords that are tried first.
 */
export function strengthOf(password: string, personal: readonly string[] = []): Strength {
  const letters = [...password];
  if (letters.length < SHORTEST) return { level: letters.length === 0 ? 0 : 1, hint: "too_short" };
  const folded = password.trim().toLowerCase();
  if (repeats(folded) || ascends(folded)) return { level: 1, hint: "common" };
  if (personal.some((text) => text.trim() !== "" && folded === text.trim().toLowerCase())) return { level: 1, hint: "personal" };
  const different = new Set(folded).size;
  if (letters.length >= 18 && different >= 10) return { level: 4, hint: "strong" };
  if (letters.length >= 15 && different >= 8) return { level: 3, hint: "good" };
  return { level: 2, hint: "fair" };
}

/** Whether the text is one group of up to four characters over and over. */
function repeats(text: string): boolean {
  return [1, 2, 3, 4].some((period) => [...text].every((letter, place, all) => place < period || letter === all[place - period]));
}

/** Whether each character follows the one before it, as in `abcdefghijkl`. */
function ascends(text: string): boolean {
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  return [1, -1].some((step) => codes.every((code, place) => place === 0 || code - (codes[place - 1] ?? 0) === step));
}
