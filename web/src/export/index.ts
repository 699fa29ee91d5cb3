export { ExportDialog, type ExportDialogProps } from "./export-dialog";
export { ExportPage } from "./export-page";
export { ListMenu, type ListMenuProps } from "./list-menu";
