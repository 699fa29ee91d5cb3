export { ExportDialog, type ExportDialogProps } from "./export-dialog";
export { ExportPage } from "./export-page";
