import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { api, asProblem, take } from "@/api";
import { catalogQuery, type Field, FieldIcon, isSystem, type ObjectType, refreshCatalog } from "@/catalog";
import { toastUndo } from "@/commands";
import { Badge, Button, Checkbox, Input, Spinner, toast } from "@/ui";
import { SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";
import { typeLabel } from "./field-types";
import { ObjectDialog } from "./object-dialog";

const FieldDialog = lazy(() => import("./field-dialog").then((module) => ({ default: module.FieldDialog })));

/** What `field` in the address says while a new one is made: no field can be called this. */
const NEW = "+";

/** The fields of one object. */
export function ObjectFields({ object }: { object: ObjectType }) {
  const { isAdministrator, reason } = useAdministrator();
  const navigate = useNavigate();
  const { field: open } = useSearch({ strict: false });
  const [text, setText] = useState("");
  const [retired, setRetired] = useState(false);
  const [renaming, setRenaming] = useState(false);
  // Indexes are built in the background: how far they are is asked while one is.
  useQuery({ ...catalogQuery, enabled: object.fields.some((field) => field.building), refetchInterval: 1500 });
  const wanted = text.trim().toLowerCase();
  const fields = object.fields
    // What every record has for the system's sake stands last.
    .toSorted((one, other) => Number(isSystem(one)) - Number(isSystem(other)))
    .filter((field) => (retired || !field.retired) && `${field.label} ${field.name}`.toLowerCase().includes(wanted));
  const show = (field: string | undefined) => void navigate({ to: "/settings/$section/$item", params: { section: "objects", item: object.retired ? object.key : object.name }, search: { field } });
  const shown = open === undefined || open === NEW ? undefined : object.fields.find((field) => field.key === open);
  const retire = async () => {
    const set = async (value: boolean) => {
      await take(api.PATCH("/objects/{name}", { params: { path: { name: value ? object.name : object.key } }, body: { retired: value } }));
      await refreshCatalog();
    };
    try {
      await set(!object.retired);
      toastUndo(t(object.retired ? "object_back" : "object_retired", { name: object.label_plural }), () => set(object.retired));
      await navigate({ to: "/settings/$section", params: { section: "objects" } });
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
  };
  return (
    <SettingsBody
      wide
      title={object.label_plural}
      text={object.description === "" ? undefined : object.description}
      reason={reason}
      actions={
        isAdministrator ? (
          <>
            {object.retired ? null : <Button onClick={() => setRenaming(true)}>{t("edit_object")}</Button>}
            {object.standard ? null : <Button onClick={() => void retire()}>{object.retired ? t("bring_back") : t("retire")}</Button>}
            {object.retired ? null : <Button variant="primary" icon={<Plus size={14} />} onClick={() => show(NEW)}>{t("create_field")}</Button>}
          </>
        ) : undefined
      }
    >
      <div>
        <Link to="/settings/$section" params={{ section: "objects" }} className="mb-4 inline-flex items-center gap-1.5 text-muted hover:text-text">
          <ArrowLeft size={14} aria-hidden="true" />
          {t("back_to_objects")}
        </Link>
        <div className="mb-3 flex flex-wrap items-center gap-4">
          <Input type="search" aria-label={t("search_fields")} placeholder={t("search_fields")} value={text} onChange={(event) => setText(event.target.value)} className="max-w-60" />
          <span className="flex items-center gap-2">
            <Checkbox label={t("show_retired")} checked={retired} onChange={setRetired} />
            <span aria-hidden="true">{t("show_retired")}</span>
          </span>
        </div>
        {fields.length === 0 ? <p className="py-6 text-muted">{t("no_fields")}</p> : null}
        <ul className="divide-y divide-line border-y border-line">
          {fields.map((field) => <FieldRow key={field.id} field={field} onOpen={isAdministrator ? () => show(field.key) : undefined} />)}
        </ul>
      </div>
      <Suspense>{isAdministrator && (open === NEW || shown !== undefined) ? <FieldDialog key={open} object={object} field={shown} onClose={() => show(undefined)} /> : null}</Suspense>
      {renaming ? <ObjectDialog object={object} onClose={() => setRenaming(false)} /> : null}
    </SettingsBody>
  );
}

function FieldRow({ field, onOpen }: { field: Field; onOpen: (() => void) | undefined }) {
  const marks = [field.required ? t("required") : null, field.unique ? t("unique") : null, field.indexed && !field.unique ? t("indexed") : null, field.validation === null ? null : t("validated")].filter((mark) => mark !== null);
  return (
    <li className="relative flex min-h-10 items-center gap-3 px-1 py-1 hover:bg-hover/60">
      <FieldIcon type={field.type} className="shrink-0 text-muted" />
      {onOpen === undefined ? (
        <span className="min-w-0 truncate font-medium" dir="auto">{field.label}</span>
      ) : (
        <button type="button" onClick={onOpen} className="min-w-0 truncate text-left font-medium ring-inset-focus after:absolute after:inset-0" dir="auto">{field.label}</button>
      )}
      <code className="truncate text-xs text-faint max-md:hidden">{field.name}</code>
      <span className="ml-auto flex shrink-0 items-center gap-1.5">
        {field.building ? (
          <span className="flex items-center gap-1.5 text-xs text-muted" role="status">
            <Spinner />
            {t("building")}
          </span>
        ) : null}
        {field.build_error === null ? null : <span title={field.build_error}><Badge color="red">{t("build_failed")}</Badge></span>}
        {field.retired ? <Badge>{t("retired")}</Badge> : null}
        <span className="flex gap-1.5 max-md:hidden">{marks.map((mark) => <Badge key={mark}>{mark}</Badge>)}</span>
        <span className="w-28 truncate text-right text-muted">{typeLabel(field.type)}</span>
      </span>
    </li>
  );
}
