export { NotesPage } from "./notes-page";
