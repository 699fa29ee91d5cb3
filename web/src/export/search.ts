import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const exportSearch = z.object({ object: z.optional(z.catch(z.string(), "")) });
