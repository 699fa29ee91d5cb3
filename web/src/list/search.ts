import * as z from "zod/mini";

const text = z.optional(z.catch(z.string(), ""));

/** Everything that a list shows. What is absent is as the saved view says. */
export const listSearch = z.object({
  /** The saved view's id; `all` for the list that is always there. */
  view: text,
  kind: z.catch(z.optional(z.enum(["table", "board", "calendar"])), undefined),
  filter: text,
  sort: text,
  group: text,
  date: text,
  columns: text,
  density: z.catch(z.optional(z.enum(["compact", "regular", "comfortable"])), undefined),
  footers: text,
  /** The record in the side panel. */
  peek: text,
  /** The chosen records: their ids with points between them, or `all` and those that are left out. */
  selected: text,
  /** The month of the calendar: 2026-11. */
  month: text,
  /** The pipeline of the board. */
  pipeline: text,
});

export type ListSearch = z.infer<typeof listSearch>;
