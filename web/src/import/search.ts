import * as z from "zod/mini";

/** `object` is what the rows of a new file become, `step` goes back to the columns after a check. */
export const importSearch = z.object({
  object: z.optional(z.catch(z.string(), "")),
  step: z.optional(z.catch(z.enum(["columns", "check"]), "check")),
});
