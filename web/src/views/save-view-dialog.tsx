import { useState } from "react";
import { type ApiProblem, asProblem } from "@/api";
import { Banner, Button, Dialog, Field, Input, Switch } from "@/ui";
import { t } from "./texts";

export interface SaveViewDialogProps {
  title: string;
  action: string;
  name?: string | undefined;
  shared?: boolean | undefined;
  /** Asks for the name alone. */
  nameOnly?: boolean | undefined;
  onSave: (about: { name: string; shared: boolean }) => Promise<void>;
  onClose: () => void;
}

export function SaveViewDialog({ title, action, name: startName = "", shared: startShared = false, nameOnly, onSave, onClose }: SaveViewDialogProps) {
  const [name, setName] = useState(startName);
  const [shared, setShared] = useState(startShared);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await onSave({ name: name.trim(), shared });
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={onClose} title={title} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem !== null && problem.field("name") === undefined ? <Banner kind="error">{problem.detail}</Banner> : null}
        <Field label={t("name")} error={problem?.field("name")}>
          {(control) => <Input {...control} autoFocus value={name} maxLength={100} required placeholder={t("name_placeholder")} onChange={(event) => setName(event.target.value)} />}
        </Field>
        {nameOnly ? null : (
          <div className="flex items-center justify-between gap-4">
            <span>{t("shared")}</span>
            <Switch checked={shared} onChange={setShared} label={t("shared")} />
          </div>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === ""}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
