import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** `object` is a plural name; the others are as lists have them. */
export const exportSearch = z.object({ object: text, filter: text, sort: text, fields: text });
