import { useRef, useState } from "react";
import { asProblem, createRecord, refreshObject, useSession } from "@/api";
import { isDay, momentAt } from "@/format";
import { Button, Input } from "@/ui";
import { DayInput } from "@/values";
import { t } from "./texts";

/** Tasks that are given a day only are due when the working day ends. */
const END_OF_WORK = "17:00";

export interface TaskAddProps {
  /** The record that the task is about; its object by its singular name. */
  about?: { object: string; id: string } | undefined;
  /** Whose task it is: one's own, unless somebody else is named. */
  assignee?: string | undefined;
  autoFocus?: boolean | undefined;
}

/** Adds a task with Enter: what, and by when. */
export function TaskAdd({ about, assignee, autoFocus }: TaskAddProps) {
  const { user } = useSession();
  const [name, setName] = useState("");
  const [day, setDay] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const add = async () => {
    const wanted = name.trim();
    if (wanted === "" || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await createRecord("tasks", {
        name: wanted,
        assignee: assignee ?? user.id,
        // What is no day goes to the server as it is: it says what it would accept.
        ...(day === null ? {} : { due_at: isDay(day) ? momentAt(day, END_OF_WORK) : day }),
        ...(about === undefined ? {} : { about: { object: about.object, id: about.id } }),
      });
      setName("");
      setDay(null);
      input.current?.focus();
      await refreshObject("tasks");
    } catch (error) {
      const refusal = asProblem(error);
      setProblem(refusal.errors[0]?.message ?? refusal.detail);
    }
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="flex gap-1.5 max-sm:flex-wrap">
        <Input
          ref={input}
          aria-label={t("task")}
          aria-invalid={problem === null ? undefined : true}
          placeholder={t("add")}
          value={name}
          dir="auto"
          autoFocus={autoFocus}
          autoComplete="off"
          className="max-sm:basis-full"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.stopPropagation();
              event.currentTarget.blur();
            }
          }}
        />
        <div className="flex w-36 shrink-0 max-sm:flex-1">
          <DayInput day={day} onChange={setDay} label={t("due")} />
        </div>
        <Button type="submit" variant="primary" className="h-8!" busy={busy} disabled={name.trim() === ""}>{t("add_button")}</Button>
      </div>
      {problem === null ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{problem}</p>}
    </form>
  );
}
