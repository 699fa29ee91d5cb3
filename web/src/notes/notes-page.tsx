import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { useEffect, useState } from "react";
import { asProblem, keys, listRecords } from "@/api";
import { dayOf, formatLongDate } from "@/format";
import { TopBar } from "@/shell";
import { Button, EmptyState, Input, PageSkeleton } from "@/ui";
import { isLinked, RecordLink, useDebounced } from "@/values";
import { NoteItem } from "./note-item";
import { t } from "./texts";

/** Everybody's notes, the newest first. */
export function NotesPage() {
  const { q = "" } = useSearch({ from: "/app/notes" });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const wanted = useDebounced(typed.trim(), 200);
  useEffect(() => {
    void navigate({ to: "/notes", search: wanted === "" ? {} : { q: wanted }, replace: true });
  }, [wanted, navigate]);
  const request = {
    fields: "body,version,created_at,updated_at,created_by(name),about(name)",
    filter: q === "" ? null : `body.icontains(${JSON.stringify(q)})`,
    sort: "-created_at",
    limit: 30,
    count: "none" as const,
  };
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...keys.object("notes"), "all", request],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listRecords("notes", { ...request, cursor: pageParam }, signal),
    getNextPageParam: ({ page }) => page.next_cursor,
  });
  const notes = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <TopBar
        title={t("notes")}
        icon={<FileText size={15} />}
        actions={<Input type="search" aria-label={t("search")} placeholder={t("search")} value={typed} onChange={(event) => setTyped(event.target.value)} className="h-7! w-56! max-sm:w-40!" />}
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {isPending ? <PageSkeleton /> : null}
        {error !== null && data === undefined ? (
          <EmptyState title={t("failed")} text={asProblem(error).detail} actions={<Button onClick={() => void refetch()}>{t("try_again")}</Button>} />
        ) : null}
        {data !== undefined && notes.length === 0 ? <EmptyState icon={<FileText size={20} />} title={q === "" ? t("none") : t("none_found")} text={q === "" ? t("none_text") : undefined} /> : null}
        <div className="mx-auto flex max-w-2xl flex-col gap-3 p-4 pb-16">
          {notes.map((note, place) => {
            const day = dayOf(note.created_at);
            const before = notes[place - 1];
            const { about } = note;
            return (
              <div key={note.id} className="flex flex-col gap-3">
                {before !== undefined && dayOf(before.created_at) === day ? null : <h2 className="pt-3 text-xs font-medium text-muted">{formatLongDate(day)}</h2>}
                <NoteItem
                  note={note}
                  context={
                    isLinked(about) && about.object !== undefined ? (
                      <span className="flex min-w-0 items-center gap-1">
                        <span>{t("about")}</span>
                        <RecordLink object={about.object} id={about.id} name={about.name} className="text-muted" />
                      </span>
                    ) : null
                  }
                />
              </div>
            );
          })}
          {hasNextPage ? <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("earlier")}</Button> : null}
        </div>
      </div>
    </>
  );
}
