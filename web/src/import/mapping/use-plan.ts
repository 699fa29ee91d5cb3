import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem } from "@/api";
import { savePlan } from "../queries";
import type { ColumnPlan, Import, Plan } from "../types";

/** How long after the last change a plan is saved. */
const PAUSE = 500;

export interface Planning {
  plan: Plan;
  /** One per column of the file, and further ones for columns that fill several fields. */
  rows: readonly ColumnPlan[];
  change: (plan: Partial<Plan>) => void;
  changeRow: (place: number, row: Partial<ColumnPlan>) => void;
  addRow: (after: number) => void;
  removeRow: (place: number) => void;
  /** Why the server can't carry the plan out. */
  problem: ApiProblem | null;
  /** What the server says against a row. */
  errorAt: (place: number) => string | undefined;
  saving: boolean;
  /** Saves at once; false where the plan was refused. */
  flush: () => Promise<boolean>;
  /** Reads the file anew, written in another way, and takes what the server proposes then. */
  reread: (dialect: unknown) => Promise<void>;
}

/** Every column has a row, in the file's order: those that nothing is planned for are left out. */
export function completed(plan: Plan, columns: readonly string[]): Plan {
  const planned = plan.columns ?? [];
  const rows = columns.flatMap((column) => {
    const own = planned.filter((row) => row.column === column);
    return own.length > 0 ? own : [{ column, field: null }];
  });
  return { ...plan, columns: rows };
}

/** The plan that is being made, saved as it changes so that a reload loses nothing. */
export function usePlan(item: Import): Planning {
  const names = item.analysis.columns.map((column) => column.name);
  const [plan, setPlan] = useState(() => completed(item.plan ?? item.proposal, names));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [saving, setSaving] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(plan);
  const save = useCallback(
    async (next: Plan) => {
      clearTimeout(timer.current);
      setSaving(true);
      try {
        await savePlan(item.id, next);
        // An older answer says nothing about what was changed since.
        if (latest.current === next) setProblem(null);
        return true;
      } catch (error) {
        if (latest.current === next) setProblem(asProblem(error));
        return false;
      } finally {
        setSaving(false);
      }
    },
    [item.id],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (next: Plan) => {
    latest.current = next;
    setPlan(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(next), PAUSE);
  };
  const rows = plan.columns ?? [];
  const setRows = (columns: ColumnPlan[]) => set({ ...latest.current, columns });
  return {
    plan,
    rows,
    problem,
    saving,
    change: (part) => set({ ...latest.current, ...part }),
    changeRow: (place, part) => setRows(rows.map((row, at) => (at === place ? { ...row, ...part } : row))),
    addRow: (after) => setRows(rows.toSpliced(after + 1, 0, { column: rows[after]?.column ?? "", field: null })),
    removeRow: (place) => setRows(rows.toSpliced(place, 1)),
    errorAt: (place) => problem?.errors.find((error) => error.field.startsWith(`columns[${place}]`))?.message,
    flush: () => save(latest.current),
    reread: async (dialect) => {
      setSaving(true);
      clearTimeout(timer.current);
      try {
        const read = await readAs(item, dialect);
        const next = completed({ ...read.proposal, dialect }, read.analysis.columns.map((column) => column.name));
        latest.current = next;
        setPlan(next);
        setProblem(null);
        await save(next);
      } catch (error) {
        setProblem(asProblem(error));
      } finally {
        setSaving(false);
      }
    },
  };
}

/** A plan has to be one that could be carried out before the server takes it: this is the least. */
function readAs(item: Import, dialect: unknown): Promise<Import> {
  return savePlan(item.id, { mode: "update", by: "id", set: { id: "-" }, columns: [], dialect });
}
