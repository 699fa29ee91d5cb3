import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const notesSearch = z.object({
  /** Words that the notes have. */
  q: z.catch(z.optional(z.string()), undefined),
});
