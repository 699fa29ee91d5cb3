import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** `to` is the page that one wanted to see, `activated` whether a password was just set. */
export const signInSearch = z.object({ to: text, activated: z.optional(z.catch(z.boolean(), false)) });

export const activateSearch = z.object({ token: text });
