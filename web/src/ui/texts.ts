import { texts } from "@/i18n";

export const t = texts("ui", {
  clear: "Clear",
  remove: "Remove {{name}}",
  searching: "Searching…",
  no_match: "No match",
  close: "Close",
  cancel: "Cancel",
  undo: "Undo",
  loading: "Loading",
  notifications: "Notifications",
  dismiss: "Dismiss",
});
