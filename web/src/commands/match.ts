/**
 * How well a text fits what was typed: 0 not at all, up to 100 the same. Every word that was typed
 * has to begin a word of the text, or stand within it.
 */
export function score(text: string, typed: string): number {
  const haystack = plain(text);
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 1;
  if (haystack === wanted.join(" ")) return 100;
  let total = 0;
  for (const word of wanted) {
    const at = haystack.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[\s/:(]/.test(haystack[at - 1] ?? "");
    total += at === 0 ? 90 : begins ? 70 : 40;
  }
  return total / wanted.length;
}

function plain(text: string): string {
  return text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "").trim();
}
