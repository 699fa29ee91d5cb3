import { clsx } from "clsx";
import { Braces, ListFilter, Plus, X } from "lucide-react";
import { useEffect, useState } from "react";
import { FieldIcon, type ObjectType, useCatalog } from "@/catalog";
import { Button, IconButton, Popover } from "@/ui";
import { ConditionEditor } from "./condition-editor";
import { conditionField, describe, type Names, useNames, valueText } from "./describe";
import { ExpressionEditor } from "./expression-editor";
import { FieldPicker, newCondition } from "./field-picker";
import { GroupEditor } from "./group-editor";
import { isBare, isCondition, isGroup, type Tree } from "./model";
import { t } from "./texts";
import { useFilterTree } from "./use-filter-tree";

export interface FilterBarProps {
  object: ObjectType;
  filter: string | null;
  onFilter: (filter: string | null) => void;
  /** A field for which a condition is to be opened, as from a column's menu. */
  wanted: string | null;
  onWantedDone: () => void;
}

/** A list's filter as chips: clicked together, or written as the expression that they stand for. */
export function FilterBar({ object, filter, onFilter, wanted, onWantedDone }: FilterBarProps) {
  const catalog = useCatalog();
  const { tree, change, problem } = useFilterTree(object.plural, filter, onFilter);
  const names = useNames(object, tree);
  const [picking, setPicking] = useState(false);
  const [open, setOpen] = useState<number | null>(null);
  const [writing, setWriting] = useState(false);
  const add = (item: Tree) => {
    change({ ...tree, items: [...tree.items, item] });
    setOpen(tree.items.length);
  };
  useEffect(() => {
    if (wanted === null) return;
    onWantedDone();
    add(newCondition(object, catalog, wanted));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when a field is asked for
  }, [wanted]);
  if (writing || problem !== null) {
    return <ExpressionEditor object={object} filter={filter} problem={problem} onFilter={onFilter} onClose={() => setWriting(false)} />;
  }
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1" role="group" aria-label={t("filter")}>
      {tree.items.map((item, place) => (
        <span key={place} className="flex min-w-0 items-center gap-1">
          {place === 0 ? null : (
            <button
              type="button"
              onClick={() => change({ ...tree, op: tree.op === "and" ? "or" : "and" })}
              className="rounded-sm px-1 text-xs text-faint hover:bg-hover hover:text-text"
            >
              {t(tree.op)}
            </button>
          )}
          <Chip
            object={object}
            item={item}
            names={names}
            open={open === place}
            onOpenChange={(next) => setOpen(next ? place : null)}
            onChange={(next) => change({ ...tree, items: tree.items.with(place, next) })}
            onRemove={() => change({ ...tree, items: tree.items.filter((_, at) => at !== place) })}
          />
        </span>
      ))}
      <Popover
        label={t("choose_field")}
        open={picking}
        onOpenChange={setPicking}
        className="p-0!"
        trigger={
          tree.items.length === 0 ? (
            <Button variant="ghost" icon={<ListFilter size={14} />}>{t("filter")}</Button>
          ) : (
            <IconButton label={t("add")} icon={<Plus size={14} />} />
          )
        }
      >
        <FieldPicker
          object={object}
          onPick={(path) => {
            setPicking(false);
            add(newCondition(object, catalog, path));
          }}
        />
        <div className="flex border-t border-line p-1">
          <Button
            size="sm"
            variant="ghost"
            icon={<Plus size={13} />}
            onClick={() => {
              setPicking(false);
              add({ op: tree.op === "and" ? "or" : "and", items: [] });
            }}
          >
            {t("add_group")}
          </Button>
          <Button
            size="sm"
            variant="ghost"
            icon={<Braces size={13} />}
            onClick={() => {
              setPicking(false);
              setWriting(true);
            }}
          >
            {t("edit_expression")}
          </Button>
        </div>
      </Popover>
      {tree.items.length === 0 ? null : (
        <>
          <IconButton label={t("edit_expression")} icon={<Braces size={14} />} onClick={() => setWriting(true)} />
          <Button variant="ghost" size="sm" onClick={() => change({ op: "and", items: [] })}>{t("clear")}</Button>
        </>
      )}
    </div>
  );
}

interface ChipProps {
  object: ObjectType;
  item: Tree;
  names: Names;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onChange: (item: Tree) => void;
  onRemove: () => void;
}

function Chip({ object, item, names, open, onOpenChange, onChange, onRemove }: ChipProps) {
  const catalog = useCatalog();
  const text = describe(catalog, object, item, names);
  const known = isCondition(item) ? conditionField(catalog, object, item.field) : null;
  return (
    <span className={clsx("flex h-7 max-w-96 min-w-0 items-center rounded-md border text-xs", open ? "border-accent bg-accent-soft" : "border-accent-line bg-accent-soft/60")}>
      <Popover
        label={text}
        open={open}
        onOpenChange={onOpenChange}
        className={isGroup(item) ? "w-[28rem]" : "w-64"}
        trigger={
          <button type="button" className="flex h-full min-w-0 items-center gap-1.5 rounded-l-md pr-1 pl-2 text-text ring-inset-focus">
            {known === null || !isCondition(item) ? (
              <span className="truncate" dir="auto">{text}</span>
            ) : (
              <>
                <FieldIcon type={known.field.type} size={13} className="shrink-0 text-accent-text" />
                <span className="shrink-0 truncate font-medium">{known.label}</span>{" "}
                <span className="shrink-0 text-muted">{t(`op_${item.operator}`)}</span>{" "}
                {isBare(item.operator) ? null : <span className="truncate font-medium" dir="auto">{valueText(known.field, item, names)}</span>}
              </>
            )}
          </button>
        }
      >
        {isGroup(item) ? (
          <GroupEditor object={object} group={item} names={names} depth={0} onChange={onChange} />
        ) : isCondition(item) ? (
          <>
            <p className="mb-2 text-xs font-medium text-muted">{known?.label}</p>
            <ConditionEditor object={object} condition={item} names={names} onChange={onChange} />
          </>
        ) : (
          <code className="block text-xs break-all">{text}</code>
        )}
      </Popover>
      <button type="button" aria-label={t("remove", { what: text })} onClick={onRemove} className="flex h-full w-6 shrink-0 items-center justify-center rounded-r-md text-muted ring-inset-focus hover:text-text">
        <X size={12} />
      </button>
    </span>
  );
}
