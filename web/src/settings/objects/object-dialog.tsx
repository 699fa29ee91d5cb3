import { useNavigate } from "@tanstack/react-router";
import { api, take } from "@/api";
import { type ObjectType, refreshCatalog } from "@/catalog";
import { Banner, Button, Dialog, Field, Input } from "@/ui";
import { t } from "../texts";
import { useForm } from "../use-form";
import { nameOf, pluralOf } from "./names";

/** Makes a custom object, or changes what an object is called. */
export function ObjectDialog({ object, onClose }: { object?: ObjectType | undefined; onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm({
    label: object?.label ?? "",
    label_plural: object?.label_plural ?? "",
    name: object?.name ?? "",
    plural: object?.plural ?? "",
    description: object?.description ?? "",
  });
  const { values, set } = form;
  // What wasn't typed follows from what was.
  const guessed = { label_plural: pluralOf(values.label), name: nameOf(values.label), plural: nameOf(values.label_plural === "" ? pluralOf(values.label) : values.label_plural) };
  const shown = object === undefined ? { ...values, label_plural: values.label_plural || guessed.label_plural, name: values.name || guessed.name, plural: values.plural || guessed.plural } : values;
  const save = async () => {
    let name = object?.name;
    const saved = await form.submit(async () => {
      const made =
        object === undefined
          ? await take(api.POST("/objects", { body: shown }))
          : await take(api.PATCH("/objects/{name}", { params: { path: { name: object.name } }, body: form.changes, headers: { "If-Match": `"${object.version}"` } }));
      name = made.name;
      await refreshCatalog();
    });
    if (!saved || name === undefined) return;
    onClose();
    await navigate({ to: "/settings/$section/$item", params: { section: "objects", item: name } });
  };
  return (
    <Dialog open onClose={onClose} title={object === undefined ? t("create_object_title") : t("edit_object_title")} description={object === undefined ? t("create_object_text") : undefined}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("object_label")} hint={t("object_label_hint")} error={form.error("label")}>
            {(control) => <Input {...control} required autoFocus maxLength={100} value={values.label} onChange={(event) => set("label", event.target.value)} />}
          </Field>
          <Field label={t("object_plural_label")} error={form.error("label_plural")}>
            {(control) => <Input {...control} required maxLength={100} value={shown.label_plural} onChange={(event) => set("label_plural", event.target.value)} />}
          </Field>
        </div>
        {object?.standard ? null : (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t("object_name")} hint={t("object_name_hint")} error={form.error("name")}>
              {(control) => <Input {...control} required pattern="[a-z][a-z0-9_]{0,49}" className="font-mono text-xs" value={shown.name} onChange={(event) => set("name", event.target.value)} />}
            </Field>
            <Field label={t("object_plural")} error={form.error("plural")}>
              {(control) => <Input {...control} required pattern="[a-z][a-z0-9_]{0,49}" className="font-mono text-xs" value={shown.plural} onChange={(event) => set("plural", event.target.value)} />}
            </Field>
          </div>
        )}
        <Field label={t("description")} error={form.error("description")}>
          {(control) => <Input {...control} maxLength={1000} value={values.description} onChange={(event) => set("description", event.target.value)} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={form.busy} disabled={object !== undefined && !form.changed}>{object === undefined ? t("create") : t("save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
