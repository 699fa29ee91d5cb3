import { useQuery } from "@tanstack/react-query";
import { getRecord, keys } from "@/api";
import { fieldOf, liveFields, type ObjectType, recordName, selectionOf } from "@/catalog";
import { Skeleton } from "@/ui";
import { isEmpty, RecordAvatar, Value } from "@/values";
import { t } from "./texts";

/** What one needs to know about a linked record before going there. */
export function RecordHoverCard({ object, id }: { object: ObjectType; id: string }) {
  const fields = liveFields(object).filter((field) => field.name !== "name").slice(0, 6);
  const name = fieldOf(object, "name");
  const { data } = useQuery({
    queryKey: [...keys.record(object.plural, id), "card"],
    queryFn: ({ signal }) => getRecord(object.plural, id, { fields: selectionOf(name ? [name, ...fields] : fields) }, signal),
  });
  if (data === undefined) return <Skeleton className="h-16 w-full" />;
  const title = recordName(data, t("untitled"));
  return (
    <div>
      <div className="flex items-center gap-2 pb-2">
        <RecordAvatar object={object} name={title} size="md" />
        <span className="truncate font-medium" dir="auto">{title}</span>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs">
        {fields.filter((field) => !isEmpty(data[field.name])).map((field) => (
          <div key={field.id} className="contents">
            <dt className="text-muted">{field.label}</dt>
            <dd className="flex min-w-0 overflow-hidden"><Value field={field} value={data[field.name]} compact untabbable /></dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
