import { texts } from "@/i18n";

export const t = texts("regional", {
  choose: "Choose…",
});
