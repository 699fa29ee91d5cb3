import { texts } from "@/i18n";

export const t = texts("calendar", {
  calendar: "Calendar of {{objects}}",
  previous: "Previous month",
  next: "Next month",
  today: "Today",
  more: "+{{n}} more",
  day: "{{day}}, {{count}} {{objects}}",
  add: "Add on {{day}}",
  untitled: "Untitled",
  moved: "{{name}}: {{day}}",
  nothing: "Nothing in this month",
  loading: "Loading",
  no_date: "Calendars need a date",
  no_date_text: "Add a date field in the settings, or choose another layout.",
  hint: "Shift and the arrow keys move it to another day",
});
