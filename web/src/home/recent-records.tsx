import { useQueries } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { keys, listRecords, type ListRequest } from "@/api";
import { type ObjectType, recordName, useCatalog } from "@/catalog";
import { useRecentRecords } from "@/commands";
import { formatRelative } from "@/format";
import { Segmented } from "@/ui";
import { RecordLink } from "@/values";
import { Section } from "./section";
import { t } from "./texts";

const ROWS = 8;

/** Records that one looked at in this browser, or changed anywhere. */
export function RecentRecords() {
  const { recent } = useSearch({ from: "/app/" });
  const navigate = useNavigate({ from: "/" });
  return (
    <Section
      title={t("recent")}
      action={
        <Segmented<"viewed" | "changed">
          label={t("which_recent")}
          value={recent ?? "viewed"}
          onChange={(next) => void navigate({ search: (now) => ({ ...now, recent: next === "changed" ? next : undefined }), replace: true })}
          choices={[
            { value: "viewed", label: t("viewed") },
            { value: "changed", label: t("changed") },
          ]}
        />
      }
    >
      {recent === "changed" ? <Changed /> : <Viewed />}
    </Section>
  );
}

function Viewed() {
  const catalog = useCatalog();
  const records = useRecentRecords().filter(({ object }) => catalog.object(object) !== undefined).slice(0, ROWS);
  return <Rows rows={records.map((record) => ({ ...record, type: catalog.object(record.object) }))} empty={t("no_viewed")} />;
}

/** Objects that hold customers: what one writes about them is no record to come back to. */
function holdsCustomers(object: ObjectType): boolean {
  return object.key !== "note" && object.key !== "task" && object.key !== "product";
}

function Changed() {
  const catalog = useCatalog();
  const objects = catalog.listed.filter(holdsCustomers);
  const request: ListRequest = { filter: "updated_by == me()", fields: "name,updated_at", sort: "-updated_at", limit: ROWS, count: "none" };
  const answers = useQueries({
    queries: objects.map((object) => ({ queryKey: keys.list(object.plural, request), queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(object.plural, request, signal) })),
  });
  if (answers.some(({ isPending }) => isPending)) return null;
  const failed = answers.find(({ error, data }) => error !== null && data === undefined);
  const rows = objects
    .flatMap((type, place) => (answers[place]?.data?.data ?? []).map((record) => ({ type, object: type.name, id: record.id, name: recordName(record, t("untitled")), at: record.updated_at })))
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))
    .slice(0, ROWS);
  if (failed !== undefined && rows.length === 0) return <p className="text-muted">{t("failed", { detail: failed.error?.message ?? "" })}</p>;
  return <Rows rows={rows} empty={t("no_changed")} />;
}

function Rows({ rows, empty }: { rows: readonly { type: ObjectType | undefined; object: string; id: string; name: string; at?: string }[]; empty: string }) {
  if (rows.length === 0) return <p className="text-muted">{empty}</p>;
  return (
    <ul className="-mx-2 flex flex-col">
      {rows.map((row) => (
        <li key={row.id} className="flex min-h-9 items-center gap-3 rounded-md px-2 hover:bg-hover">
          <span className="flex min-w-0 flex-1"><RecordLink object={row.object} id={row.id} name={row.name} className="leading-6" /></span>
          <span className="shrink-0 text-xs text-faint">{row.at === undefined ? row.type?.label : formatRelative(row.at)}</span>
        </li>
      ))}
    </ul>
  );
}
