import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const recordSearch = z.object({
  /** The part in sight on a phone. */
  tab: z.catch(z.optional(z.enum(["facts", "timeline", "related"])), undefined),
  /** What the timeline is narrowed to. */
  show: z.catch(z.optional(z.enum(["notes", "tasks", "changes"])), undefined),
});

export type RecordSearch = z.infer<typeof recordSearch>;
