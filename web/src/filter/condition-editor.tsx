import { useCatalog, type ObjectType } from "@/catalog";
import { Select } from "@/ui";
import { conditionField, type Names } from "./describe";
import { adaptValue, type Condition, type Operator, operatorsOf } from "./model";
import { t } from "./texts";
import { ValueEditor } from "./value-editor";

export interface ConditionEditorProps {
  object: ObjectType;
  condition: Condition;
  names: Names;
  onChange: (condition: Condition) => void;
}

/** Operator and value of a condition. */
export function ConditionEditor({ object, condition, names, onChange }: ConditionEditorProps) {
  const known = conditionField(useCatalog(), object, condition.field);
  if (known === null) return null;
  const { field } = known;
  const operators = operatorsOf(field.type);
  if (!operators.includes(condition.operator)) operators.push(condition.operator);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Select<Operator>
        label={t("operator")}
        value={condition.operator}
        choices={operators.map((operator) => ({ value: operator, label: operator === "during" ? t("period") : t(`op_${operator}`) }))}
        onChange={(operator) => onChange({ ...condition, operator, value: adaptValue(condition.value, condition.operator, operator) })}
      />
      <ValueEditor key={condition.operator} field={field} operator={condition.operator} value={condition.value} names={names} onChange={(value) => onChange({ ...condition, value })} />
    </div>
  );
}
