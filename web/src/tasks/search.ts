import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const tasksSearch = z.object({
  /** Whose tasks: a user's id, or `all`. Absent for one's own. */
  assignee: z.catch(z.optional(z.string()), undefined),
  show: z.catch(z.optional(z.enum(["done"])), undefined),
});
