import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Search, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { asProblem, deleteRecord, type KithRecord, refreshObject, restoreRecord, useSession, useUsers } from "@/api";
import { runBulk } from "@/bulk";
import { type ObjectType, ObjectIcon, recordName, useCatalog } from "@/catalog";
import { toastUndo } from "@/commands";
import { formatFullDateTime, formatRelative } from "@/format";
import { TopBar } from "@/shell";
import { Avatar, Banner, Button, Checkbox, EmptyState, Input, Skeleton, toast } from "@/ui";
import { isLinked } from "@/values";
import { binQuery } from "./queries";
import { t } from "./texts";

/** Deleted records of every object, to be found and restored. */
export function BinPage() {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { object: wanted, q = "" } = useSearch({ from: "/app/bin" });
  const objects = catalog.objects.filter((object) => !object.retired);
  const object = catalog.object(wanted ?? "") ?? catalog.listed[0];
  const [text, setText] = useState(q);
  const search = useDeferredValue(text);
  if (object === undefined) return <TopBar title={t("title")} icon={<Trash2 size={16} />} />;
  return (
    <>
      <TopBar title={t("title")} icon={<Trash2 size={16} />} />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav aria-label={t("objects")} className="flex w-44 shrink-0 flex-col gap-px overflow-y-auto border-r border-line p-2 max-md:w-full max-md:flex-row max-md:border-r-0 max-md:border-b">
          {objects.map((one) => (
            <button
              key={one.id}
              type="button"
              aria-current={one.id === object.id ? "page" : undefined}
              onClick={() => void navigate({ to: "/bin", search: { object: one.plural } })}
              className={clsx(
                "flex h-7 shrink-0 items-center gap-2 rounded-md px-2 text-left font-medium ring-inset-focus",
                one.id === object.id ? "bg-pressed text-text" : "text-muted hover:bg-hover hover:text-text",
              )}
            >
              <ObjectIcon object={one} size={14} />
              <span className="truncate">{one.label_plural}</span>
            </button>
          ))}
        </nav>
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto w-full max-w-4xl px-6 py-6 max-md:px-4">
            <p className="max-w-2xl text-muted">{t("explain")}</p>
            <div className="relative mt-4 max-w-80">
              <Search size={14} className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" aria-hidden="true" />
              <Input
                type="search"
                aria-label={t("search")}
                placeholder={t("search")}
                value={text}
                className="pl-8"
                onChange={(event) => {
                  setText(event.target.value);
                  void navigate({ to: "/bin", search: { object: object.plural, q: event.target.value === "" ? undefined : event.target.value }, replace: true });
                }}
              />
            </div>
            <Deleted key={object.id} object={object} text={search} />
          </div>
        </div>
      </div>
    </>
  );
}

function Deleted({ object, text }: { object: ObjectType; text: string }) {
  const { user } = useSession();
  const catalog = useCatalog();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(binQuery(object, text));
  const mayRestore = user.role === "administrator" || (user.role === "member" && object.key !== "pipeline" && object.key !== "stage");
  if (isPending) {
    return (
      <div className="mt-4 flex flex-col gap-2" role="status">
        {[0, 1, 2, 3].map((place) => <Skeleton key={place} className="h-8 w-full" />)}
      </div>
    );
  }
  if (data === undefined) {
    return <Banner kind="error" className="mt-4" action={<Button size="sm" onClick={() => void refetch()}>{t("try_again")}</Button>}>{asProblem(error).detail}</Banner>;
  }
  const records = data.pages.flatMap((page) => page.data);
  if (records.length === 0) {
    const title = text.trim() === "" ? t("nothing", { objects: object.label_plural.toLowerCase() }) : t("no_match", { text: text.trim() });
    return <EmptyState icon={<Trash2 size={20} />} title={title} text={text.trim() === "" ? t("nothing_text") : undefined} />;
  }
  const selected = records.filter((record) => chosen.has(record.id));
  const restore = async (which: readonly KithRecord[]) => {
    setBusy(true);
    const only = which.length === 1 ? which[0] : undefined;
    if (only === undefined) {
      // What is refused is no reason to leave the others.
      const selection = { kind: "some" as const, ids: new Set(which.map(({ id }) => id)) };
      await runBulk(catalog, { object: object.plural, action: "restore", selection, filter: null });
    } else await restoreOne(object, only);
    setBusy(false);
    setChosen(new Set());
  };
  const toggle = (id: string, on: boolean) => setChosen((now) => new Set(on ? [...now, id] : [...now].filter((one) => one !== id)));
  return (
    <>
      {mayRestore ? null : <Banner className="mt-4">{t("no_right")}</Banner>}
      <div className="mt-4 flex h-9 items-center gap-3 border-b border-line text-xs text-muted">
        {mayRestore ? (
          <>
            <Checkbox
              label={t("select_all")}
              checked={selected.length === records.length}
              indeterminate={selected.length > 0 && selected.length < records.length}
              onChange={(on) => setChosen(new Set(on ? records.map((record) => record.id) : []))}
            />
            {selected.length > 0 ? (
              <>
                <span aria-live="polite">{t("selected", { count: selected.length })}</span>
                <Button size="sm" variant="primary" busy={busy} onClick={() => void restore(selected)}>{t("restore")}</Button>
              </>
            ) : (
              <span aria-hidden="true">{t("select_all")}</span>
            )}
          </>
        ) : null}
      </div>
      <ul>
        {records.map((record) => (
          <Row key={record.id} record={record} checked={chosen.has(record.id)} mayRestore={mayRestore} busy={busy} onToggle={(on) => toggle(record.id, on)} onRestore={() => void restore([record])} />
        ))}
      </ul>
      {hasNextPage ? <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("more")}</Button> : null}
    </>
  );
}

interface RowProps {
  record: KithRecord;
  checked: boolean;
  mayRestore: boolean;
  busy: boolean;
  onToggle: (on: boolean) => void;
  onRestore: () => void;
}

function Row({ record, checked, mayRestore, busy, onToggle, onRestore }: RowProps) {
  const name = recordName(record, t("untitled"));
  const users = useUsers();
  const { updated_by: who } = record;
  const by = isLinked(who) ? (who.name ?? users.find((user) => user.id === who.id)?.name) : null;
  return (
    <li className="flex min-h-10 items-center gap-3 border-b border-line hover:bg-hover/60">
      {mayRestore ? <Checkbox label={t("select", { name })} checked={checked} onChange={onToggle} /> : null}
      <span className="min-w-0 flex-1 truncate font-medium" dir="auto">{name}</span>
      {by ? (
        <span className="flex max-w-40 items-center gap-1.5 text-muted max-md:hidden">
          <Avatar name={by} size="xs" />
          <span className="truncate">{t("by", { name: by })}</span>
        </span>
      ) : null}
      {record.deleted_at === null ? null : (
        <time dateTime={record.deleted_at} title={formatFullDateTime(record.deleted_at)} className="w-28 shrink-0 text-right text-muted max-md:w-auto">{formatRelative(record.deleted_at)}</time>
      )}
      {mayRestore ? <Button size="sm" disabled={busy} aria-label={`${t("restore")} ${name}`} onClick={onRestore}>{t("restore")}</Button> : null}
    </li>
  );
}

async function restoreOne(object: ObjectType, record: KithRecord): Promise<void> {
  try {
    await restoreRecord(object.plural, record.id);
    toastUndo(t("restored", { name: recordName(record, t("untitled")) }), async () => {
      await deleteRecord(object.plural, record.id);
      await refreshObject(object.plural);
    });
  } catch (error) {
    toast({ title: t("not_restored"), text: asProblem(error).detail, kind: "error" });
  }
  await refreshObject(object.plural);
}
