import { useState } from "react";
import { api, take, useSession } from "@/api";
import { Banner, Button, Checkbox, Dialog, Field, Input, Select } from "@/ui";
import { CopyBox } from "../parts";
import { t } from "../texts";
import { useForm } from "../use-form";
import { type Scope, scopeHint, scopeLabel } from "./scopes";

const DAYS = ["7", "30", "90", "365", "never"] as const;

/** Makes a token; its secret is shown once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { user } = useSession();
  const form = useForm<{ name: string; scopes: Scope[]; days: (typeof DAYS)[number] }>({ name: "", scopes: ["records:read"], days: "90" });
  const [secret, setSecret] = useState<string | null>(null);
  const { values } = form;
  const scopes: Scope[] = ["records:read", "records:write", ...(user.role === "administrator" ? (["admin"] as const) : [])];
  const save = () =>
    form.submit(async () => {
      const made = await take(api.POST("/tokens", { body: { name: values.name, scopes: values.scopes, expires_in_days: values.days === "never" ? null : Number(values.days) } }));
      setSecret(made.secret);
    });
  if (secret !== null) {
    return (
      <Dialog open onClose={onClose} title={t("token_made")} description={t("token_made_text")}>
        <CopyBox text={secret} label={t("token")} />
        <div className="mt-5 flex justify-end">
          <Button variant="primary" onClick={onClose}>{t("done")}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={t("create_token")} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <Field label={t("token_name")} error={form.error("name")} hint={t("token_name_hint")}>
          {(control) => <Input {...control} required maxLength={100} autoFocus value={values.name} onChange={(event) => form.set("name", event.target.value)} />}
        </Field>
        <fieldset>
          <legend className="mb-1.5 text-xs font-medium text-muted">{t("scopes")}</legend>
          <div className="flex flex-col gap-2">
            {scopes.map((scope) => (
              <div key={scope} className="flex items-start gap-2">
                <Checkbox
                  className="mt-0.5"
                  label={scopeLabel(scope)}
                  checked={values.scopes.includes(scope)}
                  onChange={(on) => form.set("scopes", on ? [...values.scopes, scope] : values.scopes.filter((one) => one !== scope))}
                />
                <span aria-hidden="true">
                  {scopeLabel(scope)} <span className="text-faint">{scopeHint(scope)}</span>
                </span>
              </div>
            ))}
          </div>
          {form.error("scopes") === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{form.error("scopes")}</p>}
        </fieldset>
        <Field label={t("expiry")} error={form.error("expires_in_days")}>
          {({ id }) => <Select id={id} value={values.days} onChange={(days) => form.set("days", days)} choices={DAYS.map((days) => ({ value: days, label: days === "never" ? t("never") : t("days", { n: days }) }))} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={form.busy} disabled={values.scopes.length === 0}>{t("create_token")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
