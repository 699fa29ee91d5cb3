import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** `field` is the field whose dialog is open, `q` what a list of users is searched for. */
export const settingsSearch = z.object({ field: text, q: text });
