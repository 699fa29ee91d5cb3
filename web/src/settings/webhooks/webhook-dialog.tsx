import { lazy, Suspense } from "react";
import { useCatalog } from "@/catalog";
import { Banner, Button, Checkbox, Dialog, Field, Input, Select } from "@/ui";
import { useForm } from "../use-form";
import { t } from "./texts";
import { changeWebhook, createWebhook, type Draft, refreshWebhooks, VERBS, type Webhook } from "./webhooks";

const FilterBar = lazy(() => import("@/filter").then((module) => ({ default: module.FilterBar })));

const ALL = "";
const NEW: Draft = { url: "", description: "", object: null, events: [], filter: null };

/** Makes a webhook or changes one. A new one's secret is handed on, to be shown once. */
export function WebhookDialog({ webhook, onClose }: { webhook: Webhook | null; onClose: (secret?: string) => void }) {
  const catalog = useCatalog();
  const form = useForm<Draft>(webhook === null ? NEW : { url: webhook.url, description: webhook.description, object: webhook.object, events: webhook.events, filter: webhook.filter });
  const { values } = form;
  const object = values.object === null ? undefined : catalog.object(values.object);
  const save = () =>
    form.submit(async () => {
      const secret = webhook === null ? (await createWebhook(values)).secret : (await changeWebhook(webhook, form.changes), undefined);
      await refreshWebhooks();
      onClose(secret);
    });
  return (
    <Dialog open onClose={() => onClose()} title={webhook === null ? t("create") : t("edit_title")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <Field label={t("url")} error={form.error("url")} hint={t("url_hint")}>
          {(control) => <Input {...control} type="url" required maxLength={2000} autoFocus placeholder="https://" value={values.url} onChange={(event) => form.set("url", event.target.value)} />}
        </Field>
        <Field label={t("description")} error={form.error("description")} hint={t("description_hint")}>
          {(control) => <Input {...control} maxLength={200} value={values.description} onChange={(event) => form.set("description", event.target.value)} />}
        </Field>
        <Field label={t("object")} error={form.error("object")}>
          {({ id }) => (
            <Select
              id={id}
              value={values.object ?? ALL}
              onChange={(next) => {
                form.set("object", next === ALL ? null : next);
                // A filter speaks of one object's fields.
                form.set("filter", null);
              }}
              choices={[{ value: ALL, label: t("all_objects") }, ...catalog.listed.map((one) => ({ value: one.plural, label: one.label_plural }))]}
            />
          )}
        </Field>
        <fieldset>
          <legend className="mb-1.5 text-xs font-medium text-muted">{t("events")}</legend>
          <div className="flex flex-wrap gap-x-4 gap-y-2">
            {VERBS.map((verb) => (
              <div key={verb} className="flex items-center gap-2">
                <Checkbox label={t(verb)} checked={values.events.includes(verb)} onChange={(on) => form.set("events", on ? [...values.events, verb] : values.events.filter((one) => one !== verb))} />
                <span aria-hidden="true">{t(verb)}</span>
              </div>
            ))}
          </div>
          <p className="mt-1 text-xs text-faint">{t("events_hint")}</p>
          {form.error("events") === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{form.error("events")}</p>}
        </fieldset>
        {object === undefined ? null : (
          <div>
            <p className="mb-1.5 text-xs font-medium text-muted">{t("filter")}</p>
            <Suspense fallback={<span className="block h-7" />}>
              <FilterBar key={object.id} object={object} filter={values.filter} onFilter={(filter) => form.set("filter", filter)} wanted={null} onWantedDone={() => {}} />
            </Suspense>
            <p className="mt-1 text-xs text-faint">{t("filter_text")}</p>
            {form.error("filter") === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{form.error("filter")}</p>}
          </div>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onClose()}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={form.busy} disabled={webhook !== null && !form.changed}>{webhook === null ? t("create") : t("save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
