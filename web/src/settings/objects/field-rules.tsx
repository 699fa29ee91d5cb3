import { useState } from "react";
import type { Field as CatalogField } from "@/catalog";
import { Checkbox, Field, Input } from "@/ui";
import { Editor } from "@/values";
import { t } from "../texts";
import type { Form } from "../use-form";
import { ExpressionInput } from "./expression-input";
import type { FieldDraft } from "./field-draft";
import { canBeIndexed, canBeUnique, isGiven } from "./field-types";

/** Types whose default is a value that can be given without knowing a record. */
const DEFAULTS = new Set(["text", "long_text", "number", "decimal", "currency", "boolean", "date", "select", "multi_select", "rating"]);

/** What holds for the values of a field. */
export function FieldRules({ field, form, own }: { field: CatalogField | undefined; form: Form<FieldDraft>; own: CatalogField | undefined }) {
  const { values, set } = form;
  const [open, setOpen] = useState(values.validation !== "" || values.default !== null);
  if (!isGiven(values.type)) {
    return null;
  }
  const standard = field?.standard === true;
  // The editor of a default works on the field as it is being described.
  const described: CatalogField = { ...(own ?? BLANK), type: values.type, label: values.label, options: values.options, max: values.max };
  return (
    <>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-xs font-medium text-muted">{t("rules")}</legend>
        <Rule name="required" hint={t("required_hint")} checked={values.required} disabled={standard && field.required} onChange={(on) => set("required", on)} error={form.error("required")} />
        {canBeUnique(values.type) ? <Rule name="unique" hint={t("unique_hint")} checked={values.unique} disabled={standard} onChange={(on) => set("unique", on)} error={form.error("unique")} /> : null}
        {canBeIndexed(values.type) ? <Rule name="indexed" hint={t("indexed_hint")} checked={values.indexed} disabled={standard} onChange={(on) => set("indexed", on)} error={form.error("indexed")} /> : null}
      </fieldset>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded-sm text-muted hover:text-text">{t("more_settings")}</summary>
        <div className="mt-3 flex flex-col gap-4">
          {DEFAULTS.has(values.type) && (values.type !== "select" || values.options.length > 0) ? (
            <Field label={t("default_value")} error={form.error("default")}>
              {({ id, "aria-invalid": invalid }) => <Editor key={values.type} id={id} invalid={invalid} field={described} value={values.default} onChange={(value) => set("default", Array.isArray(value) && value.length === 0 ? null : value)} />}
            </Field>
          ) : null}
          <ExpressionInput label={t("validation")} hint={t("validation_hint")} value={values.validation} onChange={(text) => set("validation", text)} error={form.error("validation")} problem={form.refused} />
          {values.validation === "" ? null : (
            <Field label={t("validation_message")} error={form.error("validation_message")}>
              {(control) => <Input {...control} maxLength={300} value={values.validation_message} onChange={(event) => set("validation_message", event.target.value)} />}
            </Field>
          )}
        </div>
      </details>
    </>
  );
}

const BLANK: CatalogField = {
  id: "", key: "", name: "", label: "", description: "", type: "text", standard: false, read_only: false, required: false, unique: false, indexed: false, building: false, build_error: null,
  default: null, validation: null, validation_message: null, retired: false, version: 0,
};

interface RuleProps {
  name: "required" | "unique" | "indexed";
  hint: string;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
  error: string | undefined;
}

function Rule({ name, hint, checked, disabled, onChange, error }: RuleProps) {
  return (
    <div className="flex items-start gap-2">
      <Checkbox className="mt-0.5" label={t(name)} checked={checked} disabled={disabled} onChange={onChange} />
      <div>
        <span aria-hidden="true">
          {t(name)} <span className="text-faint">{hint}</span>
        </span>
        {error === undefined ? null : <p role="alert" className="text-xs text-danger-text">{error}</p>}
      </div>
    </div>
  );
}
