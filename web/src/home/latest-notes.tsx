import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { keys, type KithRecord, listRecords, type ListRequest } from "@/api";
import { useCatalog } from "@/catalog";
import { formatRelative } from "@/format";
import { isLinked } from "@/values";
import { Section, SECTION_LINK } from "./section";
import { t } from "./texts";

const ROWS = 4;

/** What was written down last, by anybody. */
export function LatestNotes() {
  const request: ListRequest = { fields: "name,created_at,created_by(name),about(name)", sort: "-created_at", limit: ROWS, count: "none" };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.list("notes", request),
    queryFn: ({ signal }) => listRecords("notes", request, signal),
  });
  const notes = data?.data ?? [];
  return (
    <Section title={t("notes")} action={<Link to="/notes" className={SECTION_LINK}>{t("all_notes")}</Link>} loading={isPending} error={data === undefined ? error : null} onRetry={() => void refetch()}>
      {notes.length === 0 ? <p className="text-muted">{t("no_notes")}</p> : <ul className="-mx-2 flex flex-col">{notes.map((note) => <li key={note.id}><Note note={note} /></li>)}</ul>}
    </Section>
  );
}

function Note({ note }: { note: KithRecord }) {
  const catalog = useCatalog();
  const { about, created_by: author } = note;
  const object = isLinked(about) ? catalog.object(about.object ?? "") : undefined;
  // A note is read where it belongs: beside everything else about its record.
  const place = isLinked(about) && object !== undefined ? { object: object.plural, id: about.id } : { object: "notes", id: note.id };
  const facts = [isLinked(about) ? about.name : null, isLinked(author) ? author.name : null, formatRelative(note.created_at)].filter(Boolean);
  return (
    <Link to="/objects/$object/$id" params={place} className="ring-inset-focus block rounded-md px-2 py-1.5 hover:bg-hover">
      <span className="line-clamp-2 break-words" dir="auto">{typeof note.name === "string" && note.name !== "" ? note.name : t("untitled")}</span>
      <span className="block truncate text-xs text-faint" dir="auto">{facts.join(" · ")}</span>
    </Link>
  );
}
