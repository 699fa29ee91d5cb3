import { Button, Dialog } from "@/ui";
import { CopyBox } from "../parts";
import { t } from "./texts";

/** A secret, the only time that it is shown. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={t("secret_title")} description={t("secret_text")}>
      <CopyBox text={secret} label={t("secret")} />
      <div className="mt-5 flex justify-end">
        <Button variant="primary" onClick={onClose}>{t("done")}</Button>
      </div>
    </Dialog>
  );
}
