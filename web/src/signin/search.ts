import * as z from "zod/mini";

/** `to` is the page that one wanted to see. */
export const signInSearch = z.object({ to: z.optional(z.catch(z.string(), "/")) });

export const activateSearch = z.object({ token: z.optional(z.catch(z.string(), "")) });
