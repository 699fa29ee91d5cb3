import type { components } from "@/api";

export type FieldType = components["schemas"]["Field"]["type"];

export interface Option {
  value: string;
  label: string;
  color?: string | null;
  retired?: boolean;
}

/** A field of an object, with the members that its type adds. */
export interface Field extends Omit<components["schemas"]["Field"], "type"> {
  type: FieldType;
  /** select, multi_select */
  options?: Option[];
  /** rating */
  max?: number;
  /** relation, relations, roll_up: the singular name of the other object. */
  object?: string;
  /** autonumber */
  prefix?: string;
  digits?: number;
  /** formula */
  expression?: string;
  /** roll_up */
  relation?: string;
  function?: "count" | "sum" | "avg" | "min" | "max";
  field?: string | null;
  filter?: string | null;
}

export interface ObjectType extends Omit<components["schemas"]["Object"], "fields"> {
  fields: Field[];
}
