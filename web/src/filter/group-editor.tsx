import { Plus, X } from "lucide-react";
import { useState } from "react";
import { type ObjectType, useCatalog } from "@/catalog";
import { Button, IconButton, Popover, Segmented } from "@/ui";
import { ConditionEditor } from "./condition-editor";
import { conditionField, describe, type Names } from "./describe";
import { FieldPicker, newCondition } from "./field-picker";
import { type Group, isCondition, isGroup, type Tree } from "./model";
import { t } from "./texts";

export interface GroupEditorProps {
  object: ObjectType;
  group: Group;
  names: Names;
  depth: number;
  onChange: (group: Group) => void;
}

/** How deep groups are made by clicking. Deeper ones are shown, and made as expression. */
const DEEPEST = 3;

/** Conditions and groups that hold together or apart. */
export function GroupEditor({ object, group, names, depth, onChange }: GroupEditorProps) {
  const catalog = useCatalog();
  const [picking, setPicking] = useState(false);
  const replace = (place: number, item: Tree) => onChange({ ...group, items: group.items.with(place, item) });
  const remove = (place: number) => onChange({ ...group, items: group.items.filter((_, at) => at !== place) });
  return (
    <div className={depth > 0 ? "rounded-md border border-line bg-sunken p-2" : undefined}>
      <div className="mb-2 flex items-center gap-2">
        <Segmented
          label={t("match")}
          value={group.op}
          choices={[
            { value: "and", label: t("all_of") },
            { value: "or", label: t("one_of") },
          ]}
          onChange={(op) => onChange({ ...group, op })}
        />
      </div>
      <ul className="flex flex-col gap-2">
        {group.items.map((item, place) => (
          <li key={place} className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              {isGroup(item) ? (
                <GroupEditor object={object} group={item} names={names} depth={depth + 1} onChange={(next) => replace(place, next)} />
              ) : isCondition(item) ? (
                <div className="grid grid-cols-[minmax(0,9rem)_minmax(0,1fr)] items-start gap-1.5">
                  <span className="flex h-8 items-center truncate text-muted">{conditionField(catalog, object, item.field)?.label ?? item.field}</span>
                  <ConditionEditor object={object} condition={item} names={names} onChange={(next) => replace(place, next)} />
                </div>
              ) : (
                <code className="block rounded-sm bg-sunken px-1.5 py-1 text-xs break-all">{describe(catalog, object, item, names)}</code>
              )}
            </div>
            <IconButton label={t("remove", { what: describe(catalog, object, item, names) })} icon={<X size={14} />} onClick={() => remove(place)} />
          </li>
        ))}
      </ul>
      <div className="mt-2 flex gap-1">
        <Popover
          label={t("choose_field")}
          open={picking}
          onOpenChange={setPicking}
          className="p-0!"
          trigger={<Button size="sm" variant="ghost" icon={<Plus size={13} />}>{t("add_condition")}</Button>}
        >
          <FieldPicker
            object={object}
            onPick={(path) => {
              setPicking(false);
              onChange({ ...group, items: [...group.items, newCondition(object, catalog, path)] });
            }}
          />
        </Popover>
        {depth + 1 < DEEPEST ? (
          <Button size="sm" variant="ghost" icon={<Plus size={13} />} onClick={() => onChange({ ...group, items: [...group.items, { op: group.op === "and" ? "or" : "and", items: [] }] })}>
            {t("add_group")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
