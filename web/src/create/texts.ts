import { texts } from "@/i18n";

export const t = texts("create", {
  title: "New {{object}}",
  create: "Create {{object}}",
  another: "Create another",
  more: "All fields",
  fewer: "Fewer fields",
  cancel: "Cancel",
  kind: "Kind of record",
  created: "{{name}} was created",
  open: "Open",
  untitled: "Untitled",
  likely: "Is it one of these?",
  not_created: "It could not be created",
  discard: "Discard what you entered?",
  discard_text: "The new {{object}} is not saved yet.",
  discard_action: "Discard",
  unknown: "There is no such kind of record",
  submit_hint: "Create with",
});
