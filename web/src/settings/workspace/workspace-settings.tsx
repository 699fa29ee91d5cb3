import { api, keys, queryClient, take, useSession } from "@/api";
import { CurrencyPicker, LocalePicker, RegionPicker, TimeZonePicker } from "@/regional";
import { Banner, Button, Field, Input, toast } from "@/ui";
import { SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";
import { useForm } from "../use-form";

export function WorkspaceSettings() {
  const { workspace } = useSession();
  const { isAdministrator, reason } = useAdministrator();
  const { name, currency, region, time_zone, locale } = workspace;
  const form = useForm({ name, currency: String(currency), region, time_zone, locale });
  const save = async () => {
    const saved = await form.submit(async () => {
      await take(api.PATCH("/workspace", { body: form.changes, headers: { "If-Match": `"${workspace.version}"` } }));
    });
    // Also after a refusal: somebody else may have changed it.
    await queryClient.invalidateQueries({ queryKey: keys.session });
    if (!saved) return;
    form.reset();
    toast({ title: t("saved"), kind: "success" });
  };
  const disabled = !isAdministrator;
  return (
    <SettingsBody title={t("general")} text={t("workspace_text", { slug: workspace.slug })} reason={reason}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <Field label={t("workspace_name")} error={form.error("name")}>
          {(control) => <Input {...control} required maxLength={100} disabled={disabled} value={form.values.name} onChange={(event) => form.set("name", event.target.value)} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("currency")} error={form.error("currency")} hint={t("currency_hint")}>
            {({ id }) => <CurrencyPicker id={id} disabled={disabled} value={form.values.currency} onChange={(value) => form.set("currency", value)} />}
          </Field>
          <Field label={t("region")} error={form.error("region")} hint={t("region_hint")}>
            {({ id }) => <RegionPicker id={id} disabled={disabled} value={form.values.region} onChange={(value) => form.set("region", value)} />}
          </Field>
          <Field label={t("time_zone")} error={form.error("time_zone")} hint={t("time_zone_hint")}>
            {({ id }) => <TimeZonePicker id={id} disabled={disabled} value={form.values.time_zone} onChange={(value) => form.set("time_zone", value)} />}
          </Field>
          <Field label={t("locale")} error={form.error("locale")} hint={t("locale_workspace_hint")}>
            {({ id }) => <LocalePicker id={id} disabled={disabled} value={form.values.locale} onChange={(value) => form.set("locale", value)} />}
          </Field>
        </div>
        {isAdministrator ? (
          <div className="flex gap-2">
            <Button type="submit" variant="primary" busy={form.busy} disabled={!form.changed}>{t("save")}</Button>
            {form.changed ? <Button onClick={form.reset}>{t("discard")}</Button> : null}
          </div>
        ) : null}
      </form>
    </SettingsBody>
  );
}
