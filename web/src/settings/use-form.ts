import { useState } from "react";
import { type ApiProblem, asProblem } from "@/api";

export interface Form<Values extends object> {
  values: Values;
  set: <Name extends keyof Values>(name: Name, value: Values[Name]) => void;
  /** Whether something differs from what was given last. */
  changed: boolean;
  /** The members that differ. */
  changes: Partial<Values>;
  busy: boolean;
  /** What the server says against a field. */
  error: (name: string) => string | undefined;
  /** What it says that belongs to no field of the form. */
  problem: ApiProblem | null;
  /** The refusal as a whole. */
  refused: ApiProblem | null;
  reset: () => void;
  /** Does what the form is for; true where it was done. */
  submit: (action: () => Promise<void>) => Promise<boolean>;
}

/** The values of a form, what differs from before, and what the server says against them. */
export function useForm<Values extends object>(initial: Values): Form<Values> {
  const [edits, setEdits] = useState<Partial<Values>>({});
  const [refused, setRefused] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const values = { ...initial, ...edits };
  const names = Object.keys(edits) as (keyof Values)[];
  const differing = names.filter((name) => JSON.stringify(edits[name]) !== JSON.stringify(initial[name]));
  const changes: Partial<Values> = {};
  for (const name of differing) changes[name] = edits[name]!;
  const shown = Object.keys(initial);
  return {
    values,
    set: (name, value) => setEdits((now) => ({ ...now, [name]: value })),
    changed: differing.length > 0,
    changes,
    busy,
    error: (name) => refused?.field(name),
    problem: refused !== null && shown.some((name) => refused.field(name) !== undefined) ? null : refused,
    refused,
    reset: () => {
      setEdits({});
      setRefused(null);
    },
    submit: async (action) => {
      setBusy(true);
      setRefused(null);
      try {
        await action();
        return true;
      } catch (error) {
        setRefused(asProblem(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
