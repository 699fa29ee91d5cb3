/** Two filters that have to hold together. */
export function both(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return `(${one}) && ${other}`;
}
