import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const homeSearch = z.object({
  /** The pipeline at a glance; the default one where absent. */
  pipeline: z.catch(z.optional(z.string()), undefined),
  recent: z.catch(z.optional(z.enum(["changed"])), undefined),
});
