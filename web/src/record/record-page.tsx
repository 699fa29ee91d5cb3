import { Link, useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import { ChevronDown, ChevronUp, Copy, CopyPlus, Ellipsis, Link2, Pencil, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { type KithRecord, useSession } from "@/api";
import { ObjectIcon, type ObjectType, recordName, useCatalog, useObject } from "@/catalog";
import { type Command, CommandMenuItem, useCommands } from "@/commands";
import { PresenceAvatars } from "@/live";
import { NotFoundPage, TopBar } from "@/shell";
import { IconButton, Menu, MenuSeparator, PageSkeleton, Tabs } from "@/ui";
import { AbsentRecord } from "./absent";
import { Facts } from "./facts";
import { copyText, duplicateRecord, removeRecord } from "./record-actions";
import { RecordHeader } from "./record-header";
import { RelatedRecords } from "./related";
import type { RecordSearch } from "./search";
import { relationsTo } from "./shape";
import { t } from "./texts";
import { Timeline } from "./timeline";
import { neighbour } from "./trail";
import { useRecord } from "./use-record";

/** The page of a record of any object. */
export function RecordPage() {
  const params = useParams({ from: "/app/objects/$object/$id" });
  const object = useObject(params.object);
  if (object === undefined) return <NotFoundPage />;
  return <OneRecord key={`${object.plural} ${params.id}`} object={object} id={params.id} />;
}

function OneRecord({ object, id }: { object: ObjectType; id: string }) {
  const { record, problem, retry } = useRecord(object, id);
  const name = record === undefined ? "" : recordName(record, t("untitled"));
  useRecordCommands(object, id, record);
  return (
    <>
      <TopBar
        documentTitle={name || object.label}
        icon={<ObjectIcon object={object} size={15} />}
        title={
          <span className="flex min-w-0 items-center gap-1.5">
            <Link to="/objects/$object" params={{ object: object.plural }} className="shrink-0 rounded-sm text-muted hover:text-text max-sm:hidden">{object.label_plural}</Link>
            <span className="text-faint max-sm:hidden" aria-hidden="true">/</span>
            <span className="truncate" dir="auto">{name}</span>
          </span>
        }
        actions={
          <>
            <PresenceAvatars object={object.plural} id={id} />
            <Actions object={object} id={id} ready={record !== undefined} />
          </>
        }
      />
      {problem === null ? null : <AbsentRecord object={object} problem={problem} retry={retry} />}
      {record === undefined && problem === null ? <PageSkeleton /> : null}
      {record === undefined ? null : <Body object={object} record={record} />}
    </>
  );
}

function Body({ object, record }: { object: ObjectType; record: KithRecord }) {
  const search = useSearch({ from: "/app/objects/$object/$id" });
  const navigate = useNavigate();
  const catalog = useCatalog();
  const hasRelated = relationsTo(catalog, object).length > 0;
  const tab = search.tab === "related" && !hasRelated ? "timeline" : (search.tab ?? "timeline");
  const change = (next: Partial<RecordSearch>) => void navigate({ to: "/objects/$object/$id", params: { object: object.plural, id: record.id }, search: { ...search, ...next }, replace: true });
  const panel = (name: typeof tab) => (tab === name ? "" : "max-md:hidden");
  return (
    <div className="min-h-0 flex-1 overflow-y-auto xl:flex xl:flex-col xl:overflow-hidden">
      <div className="border-b border-line px-6 py-4 max-md:px-4 max-md:py-3 xl:shrink-0"><RecordHeader object={object} record={record} /></div>
      <div className="px-4 md:hidden">
        <Tabs
          label={t("sections")}
          value={tab}
          onChange={(next) => change({ tab: next === "timeline" ? undefined : next })}
          tabs={[
            { value: "timeline", label: t("timeline") },
            { value: "facts", label: t("facts") },
            ...(hasRelated ? [{ value: "related" as const, label: t("related") }] : []),
          ]}
        />
      </div>
      <div
        className={clsx(
          "md:grid md:grid-cols-[300px_minmax(0,1fr)] md:grid-rows-[auto_1fr] xl:min-h-0 xl:flex-1 xl:grid-rows-[minmax(0,1fr)]",
          hasRelated ? "xl:grid-cols-[320px_minmax(0,1fr)_320px]" : "xl:grid-cols-[320px_minmax(0,1fr)]",
        )}
      >
        <section aria-label={t("facts")} className={clsx("p-4 md:border-r md:border-line xl:overflow-y-auto", panel("facts"))}>
          <Facts object={object} record={record} />
        </section>
        <section aria-label={t("timeline")} className={clsx("p-4 md:row-span-2 xl:row-span-1 xl:overflow-y-auto xl:px-6", panel("timeline"))}>
          <div className="mx-auto max-w-2xl"><Timeline object={object} record={record} show={search.show} onShow={(show) => change({ show })} /></div>
        </section>
        {hasRelated ? (
          <section aria-label={t("related")} className={clsx("p-4 md:border-r md:border-line xl:overflow-y-auto xl:border-r-0 xl:border-l", panel("related"))}>
            <RelatedRecords object={object} record={record} />
          </section>
        ) : null}
      </div>
    </div>
  );
}

function Actions({ object, id, ready }: { object: ObjectType; id: string; ready: boolean }) {
  const { user } = useSession();
  const navigate = useNavigate();
  const step = (by: 1 | -1) => {
    const other = neighbour(object.plural, id, by);
    return other === null ? undefined : () => void navigate({ to: "/objects/$object/$id", params: { object: object.plural, id: other }, replace: true });
  };
  const [previous, next] = [step(-1), step(1)];
  return (
    <>
      {previous === undefined && next === undefined ? null : (
        <span className="flex items-center max-sm:hidden">
          <IconButton label={t("previous")} shortcut="k" icon={<ChevronUp size={16} />} disabled={previous === undefined} onClick={previous} />
          <IconButton label={t("next")} shortcut="j" icon={<ChevronDown size={16} />} disabled={next === undefined} onClick={next} />
        </span>
      )}
      {ready ? (
        <Menu align="end" trigger={<IconButton label={t("actions")} icon={<Ellipsis size={16} />} />}>
          {user.role === "read_only" ? null : <CommandMenuItem id="record.edit" />}
          {user.role === "read_only" ? null : <CommandMenuItem id="record.duplicate" />}
          <CommandMenuItem id="record.copy-link" />
          <CommandMenuItem id="record.copy-id" />
          {user.role === "read_only" ? null : (
            <>
              <MenuSeparator />
              <CommandMenuItem id="record.delete" danger />
            </>
          )}
        </Menu>
      ) : null}
    </>
  );
}

/** What can be done with the record that one looks at. */
function useRecordCommands(object: ObjectType, id: string, record: KithRecord | undefined): void {
  const { user } = useSession();
  const navigate = useNavigate();
  const router = useRouter();
  const commands = useMemo((): Command[] => {
    const section = t("record_section");
    const show = (other: string) => void navigate({ to: "/objects/$object/$id", params: { object: object.plural, id: other }, replace: true });
    const leave = () => {
      if (router.history.canGoBack()) router.history.back();
      else void navigate({ to: "/objects/$object", params: { object: object.plural } });
    };
    const step = (by: 1 | -1) => {
      const other = neighbour(object.plural, id, by);
      if (other !== null) show(other);
      // Where what was loaded ends, the list may go on.
      else void import("@/list/neighbours").then((list) => list.neighbour(object.plural, id, by)).then((found) => found !== null && show(found));
    };
    const moving: Command[] = [
      { id: "record.next", title: t("next"), section, shortcut: "j", keyboardOnly: true, run: () => step(1) },
      { id: "record.previous", title: t("previous"), section, shortcut: "k", keyboardOnly: true, run: () => step(-1) },
      { id: "record.back", title: t("back"), section, shortcut: "escape", keyboardOnly: true, run: leave },
    ];
    if (record === undefined) return moving;
    const reading: Command[] = [
      { id: "record.copy-link", title: t("copy_link"), section, icon: Link2, run: () => copyText(`${location.origin}/objects/${object.plural}/${id}`, t("copied_link")) },
      { id: "record.copy-id", title: t("copy_id"), section, icon: Copy, run: () => copyText(id, t("copied_id")) },
    ];
    if (user.role === "read_only") return [...moving, ...reading];
    return [
      ...moving,
      { id: "record.edit", title: t("edit"), section, icon: Pencil, shortcut: "e", run: () => void navigate({ to: ".", search: (now) => ({ ...now, tab: "facts" as const }), replace: true }).then(editFacts) },
      { id: "record.duplicate", title: t("duplicate"), section, icon: CopyPlus, run: () => duplicateRecord(object, record) },
      ...reading,
      {
        id: "record.delete",
        title: t("delete"),
        section,
        icon: Trash2,
        shortcut: "shift+d",
        run: () => {
          const back = () => void navigate({ to: "/objects/$object/$id", params: { object: object.plural, id } });
          void removeRecord(object, record, back).then((removed) => {
            if (removed) leave();
          });
        },
      },
    ];
  }, [object, id, record, user.role, navigate, router]);
  useCommands(commands);
}

/** Puts the focus on the first fact; a menu gives its focus back first. */
function editFacts(): void {
  setTimeout(() => document.querySelector<HTMLElement>("#facts [data-fact]")?.click(), 0);
}
