import { Link } from "@tanstack/react-router";
import { useSession } from "@/api";
import { ImportList } from "@/import";
import { buttonClass } from "@/ui";
import { SettingsBody } from "./parts";
import { t } from "./texts";

export function ImportsSettings() {
  const { user } = useSession();
  const mayImport = user.role !== "read_only";
  return (
    <SettingsBody
      wide
      title={t("imports")}
      text={t("imports_text")}
      reason={mayImport ? undefined : t("only_writers")}
      actions={mayImport ? <Link to="/import" className={buttonClass("primary")}>{t("import_file")}</Link> : undefined}
    >
      {mayImport ? <ImportList /> : null}
    </SettingsBody>
  );
}
