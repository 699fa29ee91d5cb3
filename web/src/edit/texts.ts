import { texts } from "@/i18n";

export const t = texts("edit", {
  changed: "{{field}}: {{value}}",
  empty: "empty",
  undo_refused: "The value could not be put back.",
  conflict: "Somebody else changed this meanwhile",
  conflict_text: "Which value shall stay?",
  yours: "Yours",
  theirs: "Theirs",
  keep_mine: "Keep mine",
  keep_theirs: "Keep theirs",
  not_saved: "Not saved",
  edit_again: "Edit again",
  dismiss: "Dismiss",
  waits: "Saved as soon as the server can be reached",
});
