import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { ObjectIcon, useCatalog } from "@/catalog";
import { TopBar } from "@/shell";
import { Combobox, Field } from "@/ui";
import { ExportForm } from "./export-form";
import { t } from "./texts";

/** An export by its address: what the dialog of a list offers, for any object. */
export function ExportPage() {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { object: wanted, filter, sort, fields } = useSearch({ from: "/app/export" });
  const objects = catalog.objects.filter((one) => !one.retired);
  const object = catalog.object(wanted ?? "") ?? objects[0];
  const items = objects.map((one) => ({ value: one.plural, label: one.label_plural, icon: <ObjectIcon object={one} size={14} className="shrink-0 text-muted" /> }));
  return (
    <>
      <TopBar title={t("title")} icon={<Download size={16} />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-md flex-col gap-5 px-6 py-10 max-md:px-4 max-md:py-6">
          <Field label={t("what")}>
            {({ id }) => (
              <Combobox
                id={id}
                items={items}
                value={items.find((item) => item.value === object?.plural) ?? null}
                onChange={(item) => item && void navigate({ to: "/export", search: { object: item.value } })}
              />
            )}
          </Field>
          {object === undefined ? null : <ExportForm key={object.plural} object={object} filter={filter} sort={sort} fields={fields} />}
        </div>
      </div>
    </>
  );
}
