import { texts } from "@/i18n";

export const t = texts("record", {
  untitled: "Untitled",
});
