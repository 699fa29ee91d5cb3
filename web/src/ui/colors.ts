/** The colours that options, tags and avatars have. */
export const TAG_COLORS = ["gray", "red", "orange", "amber", "green", "teal", "blue", "indigo", "violet", "pink"] as const;

export type TagColor = (typeof TAG_COLORS)[number];

const UNASKED: readonly TagColor[] = ["blue", "violet", "teal", "amber", "pink", "green", "orange", "indigo", "red"];

/** The colour with this name; for another name, or none, one that follows from `place`. */
export function tagColor(name: string | null | undefined, place: number): TagColor {
  const known = TAG_COLORS.find((color) => color === name);
  return known ?? UNASKED[place % UNASKED.length] ?? "gray";
}

/** A colour that is the same for the same text, everywhere. */
export function colorOf(text: string): TagColor {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return UNASKED[hash % UNASKED.length] ?? "gray";
}
