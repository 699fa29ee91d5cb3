import { Dialog } from "@/ui";
import { ExportForm, type ExportFormProps } from "./export-form";
import { t } from "./texts";

export interface ExportDialogProps extends Omit<ExportFormProps, "onDone" | "onCancel"> {
  open: boolean;
  onClose: () => void;
}

/** Takes the records of a list out as a file: any filter, its columns or all. */
export function ExportDialog({ open, onClose, ...form }: ExportDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={t("export_object", { objects: form.object.label_plural.toLowerCase() })} size="sm">
      <ExportForm {...form} onDone={onClose} onCancel={onClose} />
    </Dialog>
  );
}
