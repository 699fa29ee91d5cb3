import { useState } from "react";
import { editableFields, FieldIcon, fieldOf, type ObjectType } from "@/catalog";
import { Button, Dialog, Field, PickList, Popover, Segmented } from "@/ui";
import { Editor, emptyOf, inputOf } from "@/values";
import { t } from "./texts";

export interface EditDialogProps {
  object: ObjectType;
  /** How many records it is about, in words. */
  number: string;
  onApply: (values: Record<string, unknown>, lists: "replace" | "add" | undefined) => Promise<boolean>;
  onClose: () => void;
}

/** Chooses a field and the value that many records shall have. */
export function EditDialog({ object, number, onApply, onClose }: EditDialogProps) {
  const fields = editableFields(object).filter((field) => !field.unique && field.name !== "external_id");
  const [name, setName] = useState(fields.find((field) => field.name !== "name")?.name ?? fields[0]?.name ?? "");
  const [value, setValue] = useState<unknown>(null);
  const [picking, setPicking] = useState(false);
  const [lists, setLists] = useState<"replace" | "add">("add");
  const [busy, setBusy] = useState(false);
  const field = fieldOf(object, name);
  if (field === undefined) return null;
  const isList = Array.isArray(emptyOf(field));
  const apply = async () => {
    setBusy(true);
    const begun = await onApply({ [field.name]: inputOf(field, value ?? emptyOf(field)) }, isList ? lists : undefined);
    setBusy(false);
    if (begun) onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t("edit_title", { n: number, objects: object.label_plural.toLowerCase() })} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <Field label={t("field")}>
          {(control) => (
            <Popover
              label={t("field")}
              open={picking}
              onOpenChange={setPicking}
              className="p-0!"
              trigger={<Button id={control.id} className="w-full justify-start!" icon={<FieldIcon type={field.type} className="text-faint" />}>{field.label}</Button>}
            >
              <PickList
                label={t("field")}
                items={fields.map((one) => ({ value: one.name, label: one.label, icon: <FieldIcon type={one.type} className="text-faint" /> }))}
                onPick={(next) => {
                  setName(next);
                  setValue(null);
                  setPicking(false);
                }}
              />
            </Popover>
          )}
        </Field>
        {isList ? (
          <Segmented
            label={t("lists")}
            value={lists}
            onChange={setLists}
            choices={[
              { value: "add", label: t("lists_add") },
              { value: "replace", label: t("lists_replace") },
            ]}
          />
        ) : null}
        <Field label={t("value")} hint={field.required || (isList && lists === "add") ? undefined : t("empty_value")}>
          {(control) => <Editor key={field.name} field={field} value={value} onChange={setValue} id={control.id} label={field.label} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={field.required && value === null}>{t("apply", { n: number })}</Button>
        </div>
      </form>
    </Dialog>
  );
}
