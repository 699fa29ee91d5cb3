import type { ApiProblem } from "@/api";
import { Field, Textarea } from "@/ui";

export interface ExpressionInputProps {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  /** The refusal, which says where in the expression something is wrong. */
  problem: ApiProblem | null;
  required?: boolean | undefined;
}

/** An expression, with the place at which the server could not read on. */
export function ExpressionInput({ label, hint, value, onChange, error, problem, required }: ExpressionInputProps) {
  const place = error === undefined || problem === null ? null : placeOf(problem.more.position, value);
  return (
    <div>
      <Field label={label} hint={hint} error={error}>
        {(control) => (
          <Textarea {...control} required={required} rows={2} spellCheck={false} className="font-mono text-xs" value={value} onChange={(event) => onChange(event.target.value)} />
        )}
      </Field>
      {place === null ? null : (
        <pre className="mt-1 overflow-x-auto rounded-md bg-sunken px-2 py-1 text-xs whitespace-pre-wrap">
          {value.slice(0, place[0])}
          <mark className="rounded-xs bg-danger-soft text-danger-text underline decoration-wavy">{value.slice(place[0], place[1]) || " "}</mark>
          {value.slice(place[1])}
        </pre>
      )}
    </div>
  );
}

/** The server counts bytes of UTF-8; here characters count. */
function placeOf(position: unknown, text: string): [number, number] | null {
  if (typeof position !== "object" || position === null || !("offset" in position) || typeof position.offset !== "number") return null;
  const end = "end" in position && typeof position.end === "number" ? position.end : position.offset;
  const bytes = new TextEncoder().encode(text);
  const at = (offset: number) => new TextDecoder().decode(bytes.slice(0, offset)).length;
  return [at(position.offset), at(Math.max(end, position.offset + 1))];
}
