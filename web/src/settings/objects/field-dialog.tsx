import { asProblem } from "@/api";
import { type Field as CatalogField, FieldIcon, fieldOf, type ObjectType } from "@/catalog";
import { toastUndo } from "@/commands";
import { Banner, Button, Combobox, Dialog, Field, Input, toast } from "@/ui";
import { t } from "../texts";
import { useForm } from "../use-form";
import { bodyOf, draftOf, saveField, setRetired } from "./field-draft";
import { FieldRules } from "./field-rules";
import { FIELD_TYPES, typeLabel } from "./field-types";
import { nameOf } from "./names";
import { TypeMembers } from "./type-members";

export interface FieldDialogProps {
  object: ObjectType;
  /** The field to be changed; a new one where there is none. */
  field: CatalogField | undefined;
  onClose: () => void;
}

/** Makes or changes a field of any type. */
export function FieldDialog({ object, field, onClose }: FieldDialogProps) {
  const form = useForm(draftOf(field));
  const { values, set } = form;
  const draft = field === undefined && values.name === "" ? { ...values, name: nameOf(values.label) } : values;
  const body = bodyOf(draft, field);
  const save = async () => {
    const saved = await form.submit(() => saveField(object, field, body));
    if (saved) onClose();
  };
  const retire = async () => {
    if (field === undefined) return;
    try {
      await setRetired(object, field, !field.retired);
      toastUndo(t(field.retired ? "field_back" : "field_retired", { name: field.label }), () => setRetired(object, field, field.retired));
      onClose();
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
  };
  const types = FIELD_TYPES.map((type) => ({ value: type, label: typeLabel(type), icon: <FieldIcon type={type} className="shrink-0 text-muted" /> }));
  const mayRetire = field !== undefined && !(field.standard && (field.required || field.name === "name" || field.read_only));
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={field === undefined ? t("new_field_of", { object: object.label_plural }) : t("edit_field", { name: field.label })}
      footer={
        <>
          {mayRetire ? (
            <span className="mr-auto" title={t("retire_field_text")}>
              <Button variant="ghost" onClick={() => void retire()}>{field.retired ? t("bring_back") : t("retire")}</Button>
            </span>
          ) : null}
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" form="field-form" variant="primary" busy={form.busy} disabled={Object.keys(body).length === 0}>{field === undefined ? t("create") : t("save")}</Button>
        </>
      }
    >
      <form
        id="field-form"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        {field?.build_error ? <Banner kind="error">{field.build_error}</Banner> : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("field_label")} error={form.error("label")}>
            {(control) => <Input {...control} required autoFocus maxLength={100} value={values.label} onChange={(event) => set("label", event.target.value)} />}
          </Field>
          <Field label={t("field_name")} error={form.error("name")}>
            {(control) => (
              <Input {...control} required disabled={field?.standard} pattern="[a-z][a-z0-9_]{0,49}" className="font-mono text-xs" value={draft.name} onChange={(event) => set("name", event.target.value)} />
            )}
          </Field>
          <Field label={t("field_type")} error={form.error("type")} hint={field === undefined ? undefined : t("type_fixed")}>
            {({ id }) => (
              <Combobox
                id={id}
                disabled={field !== undefined}
                items={types}
                value={types.find((type) => type.value === values.type) ?? null}
                onChange={(item) => {
                  const type = FIELD_TYPES.find((one) => one === item?.value);
                  if (type !== undefined) set("type", type);
                }}
              />
            )}
          </Field>
          <Field label={t("description")} error={form.error("description")}>
            {(control) => <Input {...control} maxLength={1000} value={values.description} onChange={(event) => set("description", event.target.value)} />}
          </Field>
        </div>
        <TypeMembers object={object} field={field} form={form} />
        {field?.read_only && field.standard ? null : <FieldRules field={field} form={form} own={fieldOf(object, draft.name)} />}
      </form>
    </Dialog>
  );
}
