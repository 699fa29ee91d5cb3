import { clsx } from "clsx";
import { Check } from "lucide-react";
import { t } from "./texts";

const STEPS = [t("step_file"), t("step_map"), t("step_check"), t("step_import")];

/** How far one is: 0 for the file to 3 for the import; 4 when all is done. */
export function Steps({ at }: { at: 0 | 1 | 2 | 3 | 4 }) {
  return (
    <ol aria-label={t("steps")} className="ml-4 flex items-center gap-1 text-xs max-md:hidden">
      {STEPS.map((step, place) => (
        <li key={step} aria-current={place === at ? "step" : undefined} className="flex items-center gap-1">
          {place === 0 ? null : <span className="mx-1.5 h-px w-5 bg-line-strong" aria-hidden="true" />}
          <span
            aria-hidden="true"
            className={clsx(
              "flex size-4.5 items-center justify-center rounded-full text-[10px] font-semibold",
              place < at ? "bg-success-soft text-success-text" : place === at ? "bg-accent text-on-accent" : "bg-pressed text-muted",
            )}
          >
            {place < at ? <Check size={11} strokeWidth={3} /> : place + 1}
          </span>
          <span className={place === at ? "font-medium text-text" : "text-muted"}>{step}</span>
        </li>
      ))}
    </ol>
  );
}
