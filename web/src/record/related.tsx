import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo } from "react";
import { asProblem, keys, type KithRecord, listRecords, type ListRequest, refreshObject, useSession } from "@/api";
import { fieldOf, isEditable, ObjectIcon, type ObjectType, recordName, selectionOf, useCatalog } from "@/catalog";
import { formatCount } from "@/format";
import { openQuickCreate } from "@/shell";
import { IconButton, Skeleton } from "@/ui";
import { isEmpty, RecordLink, Value } from "@/values";
import { headlineFields, type Relation, relationFilter, relationsTo } from "./shape";
import { t } from "./texts";

const ROWS = 5;

/** What points to a record: one section for each relation of another object. */
export function RelatedRecords({ object, record }: { object: ObjectType; record: KithRecord }) {
  const catalog = useCatalog();
  const relations = useMemo(() => relationsTo(catalog, object), [catalog, object]);
  return (
    <div className="flex flex-col gap-5">
      {relations.map((relation) => <Section key={relation.field.id} relation={relation} target={object} record={record} />)}
    </div>
  );
}

function Section({ relation, target, record }: { relation: Relation; target: ObjectType; record: KithRecord }) {
  const { object, field } = relation;
  const { user } = useSession();
  const shown = useMemo(() => headlineFields(object, field.name), [object, field.name]);
  const name = fieldOf(object, "name");
  const request: ListRequest = {
    filter: relationFilter(relation, record.id),
    fields: selectionOf(name ? [name, ...shown] : shown),
    sort: "-created_at",
    limit: ROWS,
  };
  const { data, error, isPending } = useQuery({
    queryKey: keys.list(object.plural, request),
    queryFn: ({ signal }) => listRecords(object.plural, request, signal),
  });
  const rows = data?.data ?? [];
  // Less common relations take no room while there is nothing in them.
  if (relation.ambiguous && !isPending && rows.length === 0 && error === null) return null;
  const title = relation.ambiguous ? `${object.label_plural} · ${field.label}` : object.label_plural;
  const canCreate = user.role !== "read_only" && isEditable(field);
  return (
    <section aria-label={title}>
      <header className="flex h-7 items-center gap-1.5">
        <ObjectIcon object={object} size={14} className="shrink-0 text-faint" />
        <h3 className="min-w-0 truncate text-sm font-medium">{title}</h3>
        {data?.count ? <span className="text-xs text-faint">{formatCount(data.count)}</span> : null}
        <span className="ml-auto flex items-center">
          {rows.length > 0 ? (
            <Link
              to="/objects/$object"
              params={{ object: object.plural }}
              search={{ filter: request.filter ?? "" }}
              className="shrink-0 rounded-sm px-1.5 text-xs leading-6 whitespace-nowrap text-muted hover:text-text hover:underline"
              aria-label={`${t("show_all")}: ${title}`}
            >
              {t("show_all")}
            </Link>
          ) : null}
          {canCreate ? (
            <IconButton
              size="sm"
              label={t("add_related", { object: object.label.toLowerCase() })}
              icon={<Plus size={14} />}
              onClick={() => openQuickCreate({ object: object.name, values: startValues(relation, target, record), onCreated: () => void refreshObject(object.plural) })}
            />
          ) : null}
        </span>
      </header>
      {error === null ? null : <p className="py-1 pl-5 text-xs text-danger-text">{asProblem(error).detail}</p>}
      {isPending && error === null ? <Skeleton className="mt-1 h-8 w-full" /> : null}
      {data !== undefined && rows.length === 0 ? <p className="py-1 pl-5 text-xs text-faint">{t("nothing_related")}</p> : null}
      <ul>
        {rows.map((row) => (
          <li key={row.id} className="flex min-w-0 flex-col py-1.5 pl-5">
            <RecordLink object={object.name} id={row.id} name={recordName(row, t("untitled"))} plain className="self-start leading-6" />
            <span className="flex min-w-0 items-center gap-2 text-xs text-muted">
              {shown.filter((one) => !isEmpty(row[one.name])).map((one) => <span key={one.id} className="flex min-w-0 leading-6"><Value field={one} value={row[one.name]} compact /></span>)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a record that is created here begins with. */
function startValues({ field }: Relation, target: ObjectType, record: KithRecord): Record<string, unknown> {
  const link = { id: record.id, name: recordName(record, t("untitled")), object: target.name };
  return { [field.name]: field.type === "relations" ? [link] : link };
}
