import { texts } from "@/i18n";

export const t = texts("offline", {
  offline: "You are offline.",
  lost: "The server can't be reached. Trying again…",
  shown: "What you see may be out of date.",
  waits_one: "1 change waits to be saved.",
  waits_other: "{{count}} changes wait to be saved.",
  saved_one: "Your change is saved",
  saved_other: "Your {{count}} changes are saved",
  not_saved: "Your change to {{name}} could not be saved",
  open: "Open",
});
