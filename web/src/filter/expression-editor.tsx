import { useState } from "react";
import { asProblem } from "@/api";
import type { ObjectType } from "@/catalog";
import { Button, INPUT_CLASS } from "@/ui";
import { t } from "./texts";
import { problemWith } from "./use-filter-tree";

export interface ExpressionEditorProps {
  object: ObjectType;
  filter: string | null;
  problem: string | null;
  onFilter: (filter: string | null) => void;
  onClose: () => void;
}

/** A filter as the expression that it stands for. */
export function ExpressionEditor({ object, filter, problem, onFilter, onClose }: ExpressionEditorProps) {
  const [text, setText] = useState(filter ?? "");
  const [wrong, setWrong] = useState(problem);
  const [busy, setBusy] = useState(false);
  const apply = async () => {
    const expression = text.trim();
    setBusy(true);
    try {
      const found = expression === "" ? null : await problemWith(object.plural, expression);
      setWrong(found);
      if (found === null) {
        onFilter(expression === "" ? null : expression);
        onClose();
      }
    } catch (error) {
      setWrong(asProblem(error).detail);
    }
    setBusy(false);
  };
  return (
    <form
      className="flex min-w-0 flex-1 flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <div className="flex min-w-0 items-center gap-1.5">
        <input
          aria-label={t("expression")}
          aria-invalid={wrong !== null}
          aria-describedby="expression-below"
          autoFocus
          spellCheck={false}
          autoComplete="off"
          value={text}
          placeholder='company.industry == "Software" && amount > 10000'
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            onClose();
          }}
          className={`${INPUT_CLASS} h-7 max-w-2xl px-2 font-mono text-xs`}
        />
        <Button type="submit" variant="primary" busy={busy}>{t("apply")}</Button>
        <Button
          variant="ghost"
          onClick={() => {
            if (problem !== null) onFilter(null);
            onClose();
          }}
        >
          {problem === null ? t("cancel") : t("clear")}
        </Button>
      </div>
      <p id="expression-below" role={wrong === null ? undefined : "alert"} className={wrong === null ? "sr-only" : "text-xs text-danger-text"}>
        {wrong ?? t("expression_hint")}
      </p>
    </form>
  );
}
