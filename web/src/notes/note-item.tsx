import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { asProblem, deleteRecord, type KithRecord, patchRecord, refreshObject, restoreRecord, useSession, useUsers } from "@/api";
import { toastUndo } from "@/commands";
import { formatFullDateTime, formatTime } from "@/format";
import { Avatar, Button, IconButton, Menu, MenuItem, toast } from "@/ui";
import { isLinked } from "@/values";
import { NoteBody } from "./note-body";
import { NoteField, preloadEditor } from "./note-field";
import { t } from "./texts";

/** From how many letters on a note is folded. */
const LONG = 900;

/** A note in a timeline, with what can be done with it. */
export function NoteItem({ note, context }: { note: KithRecord; context?: ReactNode }) {
  const { user } = useSession();
  const users = useUsers();
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [open, setOpen] = useState(false);
  const body = typeof note.body === "string" ? note.body : "";
  const author = nameOf(note.created_by, users) ?? t("somebody");
  const isLong = body.length > LONG || body.split("\n").length > 14;

  const save = async () => {
    const next = draft?.trim() ?? "";
    if (next === "" || busy) return;
    if (next === body) return setDraft(null);
    setBusy(true);
    try {
      await patchRecord("notes", note.id, { body: next }, note.version);
      await refreshObject("notes");
      setDraft(null);
      setProblem(null);
    } catch (error) {
      const refusal = asProblem(error);
      setProblem(refusal.field("body") ?? refusal.detail);
      if (refusal.code === "version_mismatch") void refreshObject("notes");
    }
    setBusy(false);
  };
  return (
    <NoteFrame
      author={author}
      detail={
        <>
          <time dateTime={note.created_at} title={formatFullDateTime(note.created_at)}>{formatTime(note.created_at)}</time>
          {note.version > 1 ? <span> · {t("edited")}</span> : null}
          {context}
        </>
      }
      actions={
        user.role === "read_only" || draft !== null ? null : (
          <Menu
            align="end"
            onOpenChange={(isOpen) => isOpen && void preloadEditor()}
            trigger={<IconButton size="sm" label={t("actions")} icon={<Ellipsis size={14} />} className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100 max-md:opacity-100" />}
          >
            <MenuItem icon={<Pencil size={14} />} onSelect={() => setDraft(body)}>{t("edit")}</MenuItem>
            <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => void removeNote(note)}>{t("delete")}</MenuItem>
          </Menu>
        )
      }
    >
      {draft === null ? (
        <>
          <div className={isLong && !open ? "max-h-50 overflow-hidden mask-b-from-80%" : undefined}><NoteBody body={body} /></div>
          {isLong ? (
            <button type="button" onClick={() => setOpen(!open)} className="mt-1 rounded-sm text-xs font-medium text-accent-text hover:underline">
              {open ? t("less") : t("more")}
            </button>
          ) : null}
        </>
      ) : (
        <>
          <NoteField value={draft} onChange={setDraft} onSave={() => void save()} onCancel={() => setDraft(null)} label={t("note")} autoFocus invalid={problem === null ? undefined : true} />
          {problem === null ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{problem}</p>}
          <div className="mt-2 flex justify-end gap-2">
            <Button onClick={() => setDraft(null)}>{t("cancel")}</Button>
            <Button variant="primary" busy={busy} onClick={() => void save()}>{t("save_short")}</Button>
          </div>
        </>
      )}
    </NoteFrame>
  );
}

/** What a note looks like, also while it is being saved. */
export function NoteFrame({ author, detail, actions, children }: { author: string; detail: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <article className="group rounded-lg border border-line bg-raised px-3 pt-2 pb-2.5">
      <header className="flex min-h-6 items-center gap-2">
        <Avatar name={author} />
        <span className="max-w-40 shrink-0 truncate font-medium" dir="auto">{author}</span>
        <span className="flex min-w-0 flex-1 items-center gap-1 truncate text-xs leading-6 text-faint">{detail}</span>
        <span className="ml-auto">{actions}</span>
      </header>
      <div className="mt-1">{children}</div>
    </article>
  );
}

function nameOf(value: unknown, users: readonly { id: string; name: string }[]): string | undefined {
  if (!isLinked(value)) return undefined;
  return value.name ?? users.find((user) => user.id === value.id)?.name;
}

async function removeNote(note: KithRecord): Promise<void> {
  try {
    await deleteRecord("notes", note.id, note.version);
    await refreshObject("notes");
    toastUndo(t("deleted"), async () => {
      await restoreRecord("notes", note.id);
      await refreshObject("notes");
    });
  } catch (error) {
    toast({ title: t("not_deleted"), text: asProblem(error).detail, kind: "error" });
  }
}
