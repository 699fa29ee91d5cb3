import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CalendarDays, CircleAlert, Columns3, Plus, SearchX, Table2 } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { type ListRequest, useSession } from "@/api";
import { fieldOf, ObjectIcon, type ObjectType, useCatalog, useObject } from "@/catalog";
import { NewRows } from "@/live";
import { NotFoundPage, openQuickCreate, TopBar } from "@/shell";
import { Button, buttonClass, EmptyState, PageSkeleton, Segmented } from "@/ui";
import { columnSelection, dateFields, groupFields, resolveColumns, UnsavedBar, useListView, ViewTabs } from "@/views";
import { rememberList } from "./neighbours";
import { isNothing } from "./selection";
import { PhoneList } from "./phone-list";
import { Table } from "./table";
import { t } from "./texts";
import { useNarrow } from "./use-narrow";
import { useRecordWindow } from "./use-record-window";
import { useSelection } from "./use-selection";

const FilterBar = lazy(() => import("@/filter").then((module) => ({ default: module.FilterBar })));
const DisplayMenu = lazy(() => import("./display-menu").then((module) => ({ default: module.DisplayMenu })));
const BulkBar = lazy(() => import("@/bulk").then((module) => ({ default: module.BulkBar })));
const Board = lazy(() => import("@/board").then((module) => ({ default: module.Board })));
const Calendar = lazy(() => import("@/calendar").then((module) => ({ default: module.Calendar })));
const ListMenu = lazy(() => import("@/export").then((module) => ({ default: module.ListMenu })));
const RecordPeek = lazy(() => import("@/record").then((module) => ({ default: module.RecordPeek })));

/** An object's records, as table, board or calendar. */
export function ListPage() {
  const { object: plural } = useParams({ from: "/app/objects/$object" });
  const object = useObject(plural);
  if (object === undefined) return <NotFoundPage />;
  return <ObjectList key={object.id} object={object} />;
}

function ObjectList({ object }: { object: ObjectType }) {
  const state = useListView(object);
  const catalog = useCatalog();
  const { user } = useSession();
  const search = useSearch({ from: "/app/objects/$object" });
  const navigate = useNavigate({ from: "/objects/$object" });
  const narrow = useNarrow();
  const [selection, setSelection] = useSelection();
  const { view } = state;
  const readOnly = user.role === "read_only";

  const columns = useMemo(() => resolveColumns(catalog, object, view.columns), [catalog, object, view.columns]);
  const request = useMemo((): ListRequest => {
    const selected = fieldOf(object, "name") ? resolveColumns(catalog, object, [{ field: "name", width: null, pinned: true }]) : [];
    return { filter: view.filter, sort: view.sort.join(",") || "-created_at", fields: columnSelection([...selected, ...columns]) };
  }, [catalog, object, columns, view.filter, view.sort]);
  useEffect(() => rememberList(object.plural, request), [object.plural, request]);

  const onPeek = useCallback((id: string | null) => void navigate({ search: (now) => ({ ...now, peek: id ?? undefined }), replace: true }), [navigate]);
  const onOpen = useCallback((id: string) => void navigate({ to: "/objects/$object/$id", params: { object: object.plural, id } }), [navigate, object.plural]);
  const { change } = state;
  const onFilter = useCallback((filter: string | null) => change({ filter }), [change]);
  const [filterBy, setFilterBy] = useState<string | null>(null);
  const onWantedDone = useCallback(() => setFilterBy(null), []);
  const kinds = [
    { value: "table" as const, label: t("table"), icon: <Table2 size={14} /> },
    ...(groupFields(object).length > 0 ? [{ value: "board" as const, label: t("board"), icon: <Columns3 size={14} /> }] : []),
    ...(dateFields(object).length > 0 ? [{ value: "calendar" as const, label: t("calendar"), icon: <CalendarDays size={14} /> }] : []),
  ];
  const shared = { object, state, columns, request, selection, onSelection: setSelection, peek: search.peek, onPeek, onOpen, readOnly };
  return (
    <>
      <TopBar
        title={object.label_plural}
        icon={<ObjectIcon object={object} size={16} />}
        actions={
          <>
            <Suspense fallback={<span className="size-7" />}>
              <ListMenu object={object} columns={columns} filter={view.filter} sort={request.sort} readOnly={readOnly} />
            </Suspense>
            {readOnly ? null : (
              <Button variant="primary" icon={<Plus size={14} />} onClick={() => openQuickCreate({ object: object.name })}>
                {t("new_record")}
              </Button>
            )}
          </>
        }
      />
      <ViewTabs object={object} state={state} />
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-3 pb-1.5">
        <Suspense fallback={<span className="h-7" />}>
          <FilterBar key={state.saved?.id ?? "all"} object={object} filter={view.filter} onFilter={onFilter} wanted={filterBy} onWantedDone={onWantedDone} />
        </Suspense>
        <div className="ml-auto flex items-center gap-1.5">
          <UnsavedBar object={object} state={state} />
          <Suspense fallback={<span className="h-7 w-20" />}>
            <DisplayMenu object={object} state={state} />
          </Suspense>
          {kinds.length > 1 ? <Segmented label={t("layout")} value={view.kind} choices={kinds} onChange={(kind) => state.change({ kind })} iconsOnly /> : null}
        </div>
      </div>
      {view.kind === "board" ? (
        <Suspense fallback={<PageSkeleton />}>
          <Board key={view.groupBy} {...shared} />
        </Suspense>
      ) : view.kind === "calendar" ? (
        <Suspense fallback={<PageSkeleton />}>
          <Calendar object={object} state={state} fields={request.fields ?? ""} peek={search.peek} onPeek={onPeek} onOpen={onOpen} readOnly={readOnly} />
        </Suspense>
      ) : (
        <Records {...shared} narrow={narrow} onFilterBy={setFilterBy} />
      )}
      {search.peek === undefined || search.peek === "" ? null : (
        <Suspense>
          <RecordPeek object={object} id={search.peek} onClose={() => onPeek(null)} onShow={onPeek} />
        </Suspense>
      )}
    </>
  );
}

type RecordsProps = Omit<Parameters<typeof Table>[0], "rows"> & { narrow: boolean };

function Records({ narrow, ...props }: RecordsProps) {
  const { object, state, request } = props;
  const rows = useRecordWindow(object.plural, request);
  if (rows.error !== null) {
    return (
      <EmptyState
        className="flex-1"
        icon={<CircleAlert size={20} />}
        title={t("error_title")}
        text={rows.error.detail}
        actions={
          <>
            <Button variant="primary" onClick={rows.refetch}>{t("try_again")}</Button>
            {state.view.filter === null ? null : <Button onClick={() => state.change({ filter: null })}>{t("clear_filter")}</Button>}
          </>
        }
      />
    );
  }
  if (rows.loading) return <PageSkeleton />;
  if (rows.total === 0 && !rows.stale) {
    return (
      <div className="relative flex flex-1 flex-col">
        <NewRows plural={object.plural} request={request} />
        <Empty object={object} filtered={state.view.filter !== null} onClear={() => state.change({ filter: null })} readOnly={props.readOnly} />
      </div>
    );
  }
  const arrived = <NewRows plural={object.plural} request={request} />;
  if (narrow) {
    return (
      <div className="relative flex min-h-0 flex-1 flex-col">
        {arrived}
        <PhoneList object={object} columns={props.columns} request={request} rows={rows} />
      </div>
    );
  }
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {arrived}
      <Table {...props} rows={rows} />
      {isNothing(props.selection) ? null : (
        <Suspense>
          <BulkBar object={object} selection={props.selection} onSelection={props.onSelection} count={rows.count} filter={state.view.filter} sort={request.sort} readOnly={props.readOnly} />
        </Suspense>
      )}
    </div>
  );
}

function Empty({ object, filtered, onClear, readOnly }: { object: ObjectType; filtered: boolean; onClear: () => void; readOnly: boolean }) {
  const objects = object.label_plural.toLowerCase();
  if (filtered) {
    return <EmptyState className="flex-1" icon={<SearchX size={20} />} title={t("no_match_title")} text={t("no_match_text", { objects })} actions={<Button onClick={onClear}>{t("clear_filter")}</Button>} />;
  }
  return (
    <EmptyState
      className="flex-1"
      icon={<ObjectIcon object={object} size={20} />}
      title={t("empty_title", { objects })}
      text={t("empty_text")}
      actions={
        readOnly ? undefined : (
          <>
            <Button variant="primary" icon={<Plus size={14} />} onClick={() => openQuickCreate({ object: object.name })}>
              {t("create", { object: object.label.toLowerCase() })}
            </Button>
            <a href="/import" className={buttonClass()}>{t("import")}</a>
          </>
        )
      }
    />
  );
}
