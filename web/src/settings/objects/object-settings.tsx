import { Link } from "@tanstack/react-router";
import { ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { ObjectIcon, useCatalog } from "@/catalog";
import { NotFoundPage } from "@/shell";
import { Badge, Button } from "@/ui";
import { SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";
import { ObjectDialog } from "./object-dialog";
import { ObjectFields } from "./object-fields";

/** The objects of the workspace; with an item, the fields of one. */
export function ObjectSettings({ item }: { item: string | undefined }) {
  const catalog = useCatalog();
  if (item === undefined) return <ObjectList />;
  // A retired object goes by its key.
  const object = catalog.object(item) ?? catalog.objects.find((one) => one.key === item);
  return object === undefined ? <NotFoundPage /> : <ObjectFields key={object.id} object={object} />;
}

function ObjectList() {
  const catalog = useCatalog();
  const { isAdministrator, reason } = useAdministrator();
  const [creating, setCreating] = useState(false);
  return (
    <SettingsBody
      wide
      title={t("objects")}
      text={t("objects_text")}
      reason={reason}
      actions={isAdministrator ? <Button variant="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>{t("create_object")}</Button> : undefined}
    >
      <ul className="divide-y divide-line border-y border-line">
        {catalog.objects.map((object) => (
          <li key={object.id} className="relative flex min-h-11 items-center gap-3 px-1 hover:bg-hover/60">
            <ObjectIcon object={object} size={16} className="shrink-0 text-muted" />
            <Link
              to="/settings/$section/$item"
              params={{ section: "objects", item: object.retired ? object.key : object.name }}
              className="min-w-0 truncate font-medium ring-inset-focus after:absolute after:inset-0"
              dir="auto"
            >
              {object.label_plural}
            </Link>
            <code className="truncate text-xs text-faint max-md:hidden">{object.plural}</code>
            <span className="ml-auto flex shrink-0 items-center gap-3 text-muted">
              {object.retired ? <Badge>{t("retired")}</Badge> : object.standard ? null : <Badge color="indigo">{object.label}</Badge>}
              {t("fields_n", { count: object.fields.filter((field) => !field.retired).length })}
              <ChevronRight size={14} className="text-faint" aria-hidden="true" />
            </span>
          </li>
        ))}
      </ul>
      {creating ? <ObjectDialog onClose={() => setCreating(false)} /> : null}
    </SettingsBody>
  );
}
