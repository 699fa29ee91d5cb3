/** A linked record or user as the API shows it. */
export interface Linked {
  id: string;
  name?: string | null | undefined;
  /** Relations to any object: the singular name. */
  object?: string | undefined;
  /** Relations to many. */
  role?: string | null | undefined;
}

export interface Address {
  street?: string | null;
  city?: string | null;
  region?: string | null;
  postal_code?: string | null;
  country?: string | null;
}

export function isLinked(value: unknown): value is Linked {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

export function linkedList(value: unknown): Linked[] {
  if (Array.isArray(value)) return value.filter(isLinked);
  return isLinked(value) ? [value] : [];
}

export function textList(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string");
  return typeof value === "string" && value !== "" ? [value] : [];
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
