import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** `object` is the plural name of what is looked through, `q` a part of its name. */
export const binSearch = z.object({ object: text, q: text });
