import { useMemo } from "react";
import { FieldIcon, fieldOf, isSystem, liveFields, type ObjectType, useCatalog } from "@/catalog";
import { PickList, type PickItem } from "@/ui";
import type { Condition } from "./model";
import { operatorsOf } from "./model";
import { t } from "./texts";

/** The fields to filter by: the object's own, then those of the records that it is linked to. */
export function FieldPicker({ object, onPick }: { object: ObjectType; onPick: (path: string) => void }) {
  const catalog = useCatalog();
  const items = useMemo(() => {
    const usable = (type: Parameters<typeof operatorsOf>[0]) => operatorsOf(type).length > 2 || type === "address" || type === "relations" || type === "any_relation";
    const own = liveFields(object)
      .filter((field) => usable(field.type))
      .map((field): PickItem => ({ value: field.name, label: field.label, icon: <FieldIcon type={field.type} className="shrink-0 text-faint" />, group: object.label }));
    const related = liveFields(object)
      .filter((field) => field.type === "relation")
      .flatMap((field) => {
        const target = catalog.target(field);
        if (target === undefined) return [];
        return liveFields(target)
          .filter((one) => !isSystem(one) && usable(one.type))
          .map((one): PickItem => ({ value: `${field.name}.${one.name}`, label: one.label, icon: <FieldIcon type={one.type} className="shrink-0 text-faint" />, group: field.label }));
      });
    return [...own, ...related];
  }, [catalog, object]);
  return <PickList label={t("choose_field")} items={items} onPick={onPick} />;
}

/** A condition on a field to begin with. */
export function newCondition(object: ObjectType, catalog: ReturnType<typeof useCatalog>, path: string): Condition {
  const [first = "", second] = path.split(".");
  const own = fieldOf(object, first);
  const target = own === undefined ? undefined : catalog.target(own);
  const field = second === undefined ? own : target && fieldOf(target, second);
  const operator = field === undefined ? "not_empty" : (operatorsOf(field.type)[0] ?? "not_empty");
  const value = operator === "during" ? { unit: "month", offset: 0 } : field?.type === "boolean" ? true : undefined;
  return value === undefined ? { field: path, operator } : { field: path, operator, value };
}
