import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const setupSearch = z.object({ token: z.optional(z.catch(z.string(), "")) });
