import * as z from "zod/mini";

/** What the page's address says after the question mark. */
export const binSearch = z.object({});
