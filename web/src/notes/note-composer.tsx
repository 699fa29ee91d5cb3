import { useId, useState } from "react";
import { asProblem, createRecord, refreshObject, useSession } from "@/api";
import { announce, Button, Kbd } from "@/ui";
import { useDraft } from "./draft";
import { NoteBody } from "./note-body";
import { NoteField } from "./note-field";
import { NoteFrame } from "./note-item";
import { t } from "./texts";

/** The record that a note is about. */
export interface About {
  /** Singular name. */
  object: string;
  id: string;
}

/** Writes a note about a record. What isn't saved yet survives a reload. */
export function NoteComposer({ about, autoFocus }: { about: About; autoFocus?: boolean | undefined }) {
  const { user } = useSession();
  const [text, setText] = useDraft(`note.${about.id}`);
  const [pending, setPending] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const problemId = useId();
  const save = async () => {
    const body = text.trim();
    if (body === "" || pending !== null) return;
    setPending(body);
    setProblem(null);
    setText("");
    try {
      await createRecord("notes", { body, about: { object: about.object, id: about.id } });
      await refreshObject("notes");
    } catch (error) {
      const refusal = asProblem(error);
      setText(body);
      setProblem(refusal.field("body") ?? refusal.detail);
      announce(t("not_saved"));
    }
    setPending(null);
  };
  const filled = text.trim() !== "";
  return (
    <div>
      <NoteField value={text} onChange={setText} onSave={() => void save()} label={t("note")} placeholder={t("write")} autoFocus={autoFocus} invalid={problem === null ? undefined : true} />
      {problem === null ? null : <p id={problemId} role="alert" className="mt-1 text-xs text-danger-text">{problem}</p>}
      {filled ? (
        <div className="mt-2 flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate text-xs text-faint">{t("draft")}</span>
          <Button variant="primary" onClick={() => void save()}>
            {t("save")}
          </Button>
          <Kbd keys="mod+enter" className="max-md:hidden" />
        </div>
      ) : null}
      {pending === null ? null : (
        <div className="mt-3 opacity-60" aria-busy="true">
          <NoteFrame author={user.name} detail={t("saving")}>
            <NoteBody body={pending} />
          </NoteFrame>
        </div>
      )}
    </div>
  );
}
