export { type About, NoteComposer } from "./note-composer";
export { NoteItem } from "./note-item";
export { NotesPage } from "./notes-page";
