export { ImportList } from "./import-list";
export { ImportPage } from "./import-page";
