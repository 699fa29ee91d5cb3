import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

export interface FieldControl {
  id: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
  "aria-required": boolean | undefined;
}

export interface FieldProps {
  label: ReactNode;
  /** Stands under the control while there is no error. */
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean | undefined;
  className?: string | undefined;
  /** Gets what ties the control to its label, hint and error. */
  children: (control: FieldControl) => ReactNode;
}

/** A control with its label, hint and error. */
export function Field({ label, hint, error, required, className, children }: FieldProps) {
  const id = useId();
  const below = error ?? hint;
  return (
    <div className={clsx("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-xs font-medium text-muted">
        {label}
        {required ? <span className="text-danger-text" aria-hidden="true"> *</span> : null}
      </label>
      {children({
        id,
        "aria-invalid": error === undefined ? undefined : true,
        "aria-describedby": below === undefined ? undefined : `${id}-below`,
        "aria-required": required,
      })}
      {below === undefined ? null : (
        <p id={`${id}-below`} className={clsx("text-xs", error === undefined ? "text-faint" : "text-danger-text")} role={error === undefined ? undefined : "alert"}>
          {below}
        </p>
      )}
    </div>
  );
}
