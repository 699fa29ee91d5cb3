import { ArrowDown, ArrowUp, SlidersHorizontal, X } from "lucide-react";
import { useMemo, useState } from "react";
import { type Catalog, FieldIcon, isLink, isSystem, liveFields, type ObjectType, useCatalog } from "@/catalog";
import { Button, Checkbox, IconButton, Input, Popover, Segmented, Select } from "@/ui";
import { type Column, type ColumnState, dateFields, type Density, groupFields, type ListViewState, resolveColumns, sortPath } from "@/views";
import { t } from "./texts";

/** All columns that an object's list can have: its own fields, then those of related records. */
export function possibleColumns(catalog: Catalog, object: ObjectType): Column[] {
  const own = liveFields(object).map((field) => field.name);
  const related = liveFields(object)
    .filter((field) => field.type === "relation")
    .flatMap((field) => {
      const target = catalog.target(field);
      if (target === undefined) return [];
      return liveFields(target).filter((one) => one.name !== "name" && !isLink(one) && !isSystem(one)).map((one) => `${field.name}.${one.name}`);
    });
  return resolveColumns(catalog, object, [...own, ...related].map((field): ColumnState => ({ field, width: null, pinned: false })));
}

/** What is shown of the records and in which order. */
export function DisplayMenu({ object, state }: { object: ObjectType; state: ListViewState }) {
  const { view, change } = state;
  const catalog = useCatalog();
  const [text, setText] = useState("");
  const possible = useMemo(() => possibleColumns(catalog, object), [catalog, object]);
  const found = possible.filter((column) => column.label.toLowerCase().includes(text.trim().toLowerCase()));
  const shown = new Set(view.columns.map((column) => column.field));
  const groups = groupFields(object);
  const dates = dateFields(object);
  return (
    <Popover
      label={t("display")}
      align="end"
      className="w-84 p-0!"
      trigger={
        <Button variant="ghost" icon={<SlidersHorizontal size={14} />}>
          <span className="max-sm:sr-only">{t("display")}</span>
        </Button>
      }
    >
      <div className="flex max-h-[min(560px,70vh)] flex-col">
        <div className="flex flex-col gap-3 border-b border-line p-3">
          {view.kind === "table" ? (
            <div className="flex items-center justify-between gap-3">
              <span className="text-xs whitespace-nowrap text-muted">{t("density")}</span>
              <Segmented<Density>
                label={t("density")}
                value={view.density}
                onChange={(density) => change({ density })}
                choices={[
                  { value: "compact", label: t("compact") },
                  { value: "regular", label: t("regular") },
                  { value: "comfortable", label: t("comfortable") },
                ]}
              />
            </div>
          ) : null}
          {view.kind === "board" && groups.length > 0 ? (
            <Choice label={t("group_by")} value={view.groupBy} choices={groups.map((field) => ({ value: field.name, label: field.label }))} onChange={(groupBy) => change({ groupBy })} />
          ) : null}
          {view.kind === "calendar" && dates.length > 0 ? (
            <Choice label={t("date_field")} value={view.dateField} choices={dates.map((field) => ({ value: field.name, label: field.label }))} onChange={(dateField) => change({ dateField })} />
          ) : null}
          {view.kind === "calendar" ? null : <SortEditor columns={possible} sort={view.sort} onChange={(sort) => change({ sort })} />}
        </div>
        {view.kind === "calendar" ? null : (
          <>
            <div className="p-3 pb-1">
              <Input aria-label={t("find_column")} placeholder={t("find_column")} value={text} onChange={(event) => setText(event.target.value)} />
            </div>
            <ul className="min-h-0 flex-1 overflow-y-auto p-2" aria-label={t("columns")}>
              {found.map((column) => {
                const checked = shown.has(column.path);
                return (
                  <li key={column.path}>
                    <label className="flex h-7 items-center gap-2 rounded-md px-1.5 hover:bg-hover">
                      <Checkbox
                        checked={checked}
                        label={column.label}
                        disabled={checked && view.columns.length === 1}
                        onChange={(next) => change({ columns: next ? [...view.columns, { field: column.path, width: null, pinned: false }] : view.columns.filter((state) => state.field !== column.path) })}
                      />
                      <FieldIcon type={column.field.type} className="shrink-0 text-faint" />
                      <span className="truncate">{column.label}</span>
                    </label>
                  </li>
                );
              })}
            </ul>
          </>
        )}
      </div>
    </Popover>
  );
}

function Choice({ label, value, choices, onChange }: { label: string; value: string | null; choices: { value: string; label: string }[]; onChange: (value: string) => void }) {
  return (
    <div className="flex items-center justify-between gap-3">
      <span className="text-xs text-muted">{label}</span>
      <Select label={label} value={value} choices={choices} onChange={onChange} className="w-40!" />
    </div>
  );
}

/** The server takes no more than these. */
const MOST_SORTS = 5;

function SortEditor({ columns, sort, onChange }: { columns: readonly Column[]; sort: readonly string[]; onChange: (sort: string[]) => void }) {
  const sortable = columns.flatMap((column) => {
    const path = sortPath(column);
    return path === null ? [] : [{ value: path, label: column.label }];
  });
  const unused = sortable.filter(({ value }) => !sort.some((item) => item.replace(/^-/, "") === value));
  return (
    <div className="flex flex-col gap-1.5">
      <span className="text-xs text-muted">{t("sort_by")}</span>
      {sort.map((item, place) => {
        const path = item.replace(/^-/, "");
        const descending = item.startsWith("-");
        return (
          <div key={path} className="flex items-center gap-1">
            <Select label={t("sort_by")} value={path} choices={sortable.filter(({ value }) => value === path || unused.some((one) => one.value === value))} onChange={(next) => onChange(sort.with(place, descending ? `-${next}` : next))} />
            <IconButton label={descending ? t("descending") : t("ascending")} icon={descending ? <ArrowDown size={14} /> : <ArrowUp size={14} />} onClick={() => onChange(sort.with(place, descending ? path : `-${path}`))} />
            <IconButton label={t("remove")} icon={<X size={14} />} onClick={() => onChange(sort.filter((_, at) => at !== place))} />
          </div>
        );
      })}
      {sort.length < MOST_SORTS && unused.length > 0 ? (
        <Select label={t("sort_by")} value={null} placeholder={t("add_sort")} choices={unused} onChange={(path) => onChange([...sort, path])} />
      ) : null}
    </div>
  );
}
