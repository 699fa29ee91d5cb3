import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** Everything that a list shows: what is absent is as the view says. */
export const listSearch = z.object({
  /** The saved view's id. */
  view: text,
  kind: z.optional(z.catch(z.enum(["table", "board", "calendar"]), "table")),
  filter: text,
  sort: text,
  group: text,
  date: text,
  /** The record in the side panel. */
  peek: text,
  month: text,
});

export type ListSearch = z.infer<typeof listSearch>;
