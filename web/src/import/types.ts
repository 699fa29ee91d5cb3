import type { components } from "@/api";

/** How the API describes what an import does with a file. */
export type Plan = components["schemas"]["ImportPlan"];
export type ColumnPlan = NonNullable<Plan["columns"]>[number];
export type ImportState = components["schemas"]["Import"]["state"];
export type Counts = Record<"read" | "created" | "updated" | "unchanged" | "rejected" | "adjusted" | "related", number>;

/** A column of the file, as far as its first rows tell. */
export interface Column {
  name: string;
  samples: string[];
  filled: number;
  distinct: number;
  looks_like: string;
  dates: "dmy" | "mdy" | "ymd" | null;
  numbers: "point" | "comma" | null;
  ambiguous: boolean;
  values: string[];
}

export interface Dialect {
  kind: "csv" | "xlsx" | "ndjson";
  encoding: string;
  delimiter: string;
  quote: string | null;
  escape: string;
  line_ending: string;
  header: boolean;
  skip_lines: number;
  sheet: string | null;
  unguard: boolean;
}

export interface Analysis {
  dialect: Dialect;
  columns: Column[];
  rows_sampled: number;
  preset: string | null;
  warnings: string[];
}

export interface Reason {
  column?: string;
  field?: string;
  code: string;
  message: string;
  value?: string;
}

export interface Sample {
  row: number;
  name?: string;
  changes?: { field: string; from: unknown; to: unknown }[];
  reasons?: Reason[];
}

export interface DryRun {
  counts: Counts;
  users: number;
  approximate: boolean;
  created: Sample[];
  updated: Sample[];
  rejected: Sample[];
}

export interface UndoReport {
  deleted: number;
  restored: number;
  left: number;
  left_records: { object: string; id: string; reason: string }[];
}

/** An import, with the members that the API's description leaves open. */
export interface Import extends Omit<components["schemas"]["Import"], "analysis" | "proposal" | "plan" | "dry_run" | "undo"> {
  analysis: Analysis;
  proposal: Plan;
  plan: Plan | null;
  dry_run: DryRun | null;
  undo: UndoReport | null;
}

export type ImportSummary = Omit<Import, "analysis" | "proposal" | "plan" | "dry_run">;

/** Whether the server is at work on it. */
export function isBusy(state: ImportState): boolean {
  return state === "checking" || state === "running" || state === "undoing";
}
