import { z } from "zod/mini";

/** What the inbox's address carries. */
export const inboxSearch = z.object({
  show: z.catch(z.optional(z.enum(["unread"])), undefined),
});

export type InboxSearch = z.infer<typeof inboxSearch>;
