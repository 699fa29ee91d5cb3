import { texts } from "@/i18n";

export const t = texts("commands", {
  undo: "Undo",
  undone: "Undone: {{title}}",
  not_undone: "This could not be undone",
  palette: "Search and commands",
  placeholder: "Search records, or type a command…",
  recent: "Recent",
  records: "Records",
  nothing: "Nothing matches “{{text}}”",
  shortcuts: "Keyboard shortcuts",
  searching: "Searching…",
  hint_move: "to move",
  hint_open: "to open",
  hint_close: "to close",
  results_one: "{{count}} result",
  results_other: "{{count}} results",
});
