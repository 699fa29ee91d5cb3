import { type Field as CatalogField, liveFields, type ObjectType, useCatalog } from "@/catalog";
import { Banner, Field, Input, Select } from "@/ui";
import { t } from "../texts";
import type { Form } from "../use-form";
import { ExpressionInput } from "./expression-input";
import type { FieldDraft } from "./field-draft";
import { OptionsEditor } from "./options-editor";

interface Props {
  object: ObjectType;
  field: CatalogField | undefined;
  form: Form<FieldDraft>;
}

/** What a field of the chosen type needs to be told besides. */
export function TypeMembers({ object, field, form }: Props) {
  const catalog = useCatalog();
  const { values, set } = form;
  const live = catalog.objects.filter((one) => !one.retired);
  switch (values.type) {
    case "select":
    case "multi_select":
      return <OptionsEditor options={values.options} known={field?.options ?? []} error={form.error("options")} onChange={(options) => set("options", options)} />;
    case "relation":
    case "relations":
      return (
        <Field label={t("related_object")} error={form.error("object")}>
          {({ id }) => (
            <Select id={id} disabled={field !== undefined} value={values.object === "" ? null : values.object} onChange={(name) => set("object", name)} choices={live.map((one) => ({ value: one.name, label: one.label_plural }))} />
          )}
        </Field>
      );
    case "rating":
      return (
        <Field label={t("stars")} error={form.error("max")} className="w-32">
          {(control) => <Input {...control} type="number" min={1} max={10} value={values.max} onChange={(event) => set("max", Number(event.target.value))} />}
        </Field>
      );
    case "autonumber":
      return (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("prefix")} error={form.error("prefix")}>
            {(control) => <Input {...control} maxLength={20} value={values.prefix} onChange={(event) => set("prefix", event.target.value)} />}
          </Field>
          <Field label={t("digits")} error={form.error("digits")}>
            {(control) => <Input {...control} type="number" min={1} max={18} value={values.digits} onChange={(event) => set("digits", Number(event.target.value))} />}
          </Field>
        </div>
      );
    case "formula":
      return (
        <ExpressionInput
          required
          label={t("expression")}
          hint={t("expression_hint")}
          value={values.expression}
          onChange={(text) => set("expression", text)}
          error={form.error("expression")}
          problem={form.refused}
        />
      );
    case "roll_up":
      return <RollUp object={object} field={field} form={form} />;
    default:
      return null;
  }
}

/** Sums up records of another object that point to those of this one. */
function RollUp({ object, field, form }: Props) {
  const catalog = useCatalog();
  const { values, set } = form;
  const pointing = (one: ObjectType) => liveFields(one).filter((other) => (other.type === "relation" || other.type === "relations") && other.object === object.name);
  const sources = catalog.objects.filter((one) => !one.retired && pointing(one).length > 0);
  const source = catalog.object(values.object);
  const relations = source === undefined ? [] : pointing(source);
  const summable = source === undefined ? [] : liveFields(source).filter((one) => ["number", "decimal", "currency", "rating", ...(values.function === "min" || values.function === "max" ? ["date", "datetime"] : [])].includes(one.type));
  if (sources.length === 0) return <Banner kind="warning">{t("no_relations")}</Banner>;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("roll_up_object")} error={form.error("object")}>
          {({ id }) => (
            <Select
              id={id}
              disabled={field !== undefined}
              value={values.object === "" ? null : values.object}
              onChange={(name) => {
                set("object", name);
                set("relation", pointing(catalog.object(name) ?? object)[0]?.name ?? "");
                set("field", null);
              }}
              choices={sources.map((one) => ({ value: one.name, label: one.label_plural }))}
            />
          )}
        </Field>
        <Field label={t("roll_up_relation")} error={form.error("relation")}>
          {({ id }) => <Select id={id} value={values.relation === "" ? null : values.relation} onChange={(name) => set("relation", name)} choices={relations.map((one) => ({ value: one.name, label: one.label }))} />}
        </Field>
        <Field label={t("roll_up_function")} error={form.error("function")}>
          {({ id }) => (
            <Select
              id={id}
              value={values.function}
              onChange={(name) => {
                set("function", name);
                if (name === "count") set("field", null);
              }}
              choices={(["count", "sum", "avg", "min", "max"] as const).map((name) => ({ value: name, label: t(`function_${name}`) }))}
            />
          )}
        </Field>
        {values.function === "count" ? null : (
          <Field label={t("roll_up_field")} error={form.error("field")}>
            {({ id }) => <Select id={id} value={values.field} onChange={(name) => set("field", name)} choices={summable.map((one) => ({ value: one.name, label: one.label }))} />}
          </Field>
        )}
      </div>
      <ExpressionInput label={t("roll_up_filter")} hint={t("roll_up_filter_hint")} value={values.filter} onChange={(text) => set("filter", text)} error={form.error("filter")} problem={form.refused} />
    </div>
  );
}
