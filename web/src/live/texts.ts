import { texts } from "@/i18n";

export const t = texts("live", {
  somebody: "Somebody",
  also_here: "Also here",
  views: "{{name}} is looking at this",
  edits: "{{name}} is editing this",
  more_people: "+{{n}}",
  new: "{{n}} new",
  moved: "{{n}} changed",
  new_and_moved: "{{n}} new, {{m}} changed",
  many_changes: "Many changes",
  show_them: "Show them",
});
