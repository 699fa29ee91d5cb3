import { type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { asProblem, type ApiProblem, type HistoryEvent, keys, type KithRecord, listRecords, type Page, recordHistory } from "@/api";
import type { ObjectType } from "@/catalog";
import { TASK_FIELDS } from "@/tasks";

export type TimelineEntry = { key: string; at: string } & ({ kind: "note"; note: KithRecord } | { kind: "task"; task: KithRecord } | { kind: "event"; event: HistoryEvent });

export type TimelineKind = "notes" | "tasks" | "changes";

export interface Timeline {
  entries: TimelineEntry[];
  events: HistoryEvent[];
  loading: boolean;
  problem: ApiProblem | null;
  retry: () => void;
  /** Loads what happened earlier; null at the beginning. */
  earlier: (() => void) | null;
  loadingEarlier: boolean;
}

const NOTE_FIELDS = "body,version,created_at,updated_at,deleted_at,created_by(name),about(name)";

/** Whether notes and tasks can be about records of this object. */
export function hasNotes(object: ObjectType): boolean {
  return object.key !== "note" && object.key !== "task";
}

/** Notes about a record, tasks that were done and the record's changes, newest first, as one list. */
export function useTimeline(object: ObjectType, id: string, show: TimelineKind | undefined): Timeline {
  const wanted = (kind: TimelineKind) => (show === undefined || show === kind) && (kind === "changes" || hasNotes(object));
  const start = null as string | null;
  const next = ({ page }: Page<unknown>) => page.next_cursor;
  const notes = useInfiniteQuery({
    queryKey: [...keys.object("notes"), "about", id],
    enabled: wanted("notes"),
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) => listRecords("notes", { filter: `about == "${id}"`, fields: NOTE_FIELDS, sort: "-created_at", limit: 25, count: "none", cursor: pageParam }, signal),
    getNextPageParam: next,
  });
  const tasks = useInfiniteQuery({
    queryKey: [...keys.object("tasks"), "done-about", id],
    enabled: wanted("tasks"),
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) => listRecords("tasks", { filter: `about == "${id}" && done`, fields: TASK_FIELDS, sort: "-done_at", limit: 25, count: "none", cursor: pageParam }, signal),
    getNextPageParam: next,
  });
  const history = useInfiniteQuery({
    queryKey: keys.history(object.plural, id),
    enabled: wanted("changes"),
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) => recordHistory(object.plural, id, pageParam, signal),
    getNextPageParam: next,
  });

  const events = wanted("changes") ? rows<HistoryEvent>(history) : [];
  const streams: { more: boolean; load: () => void; entries: TimelineEntry[] }[] = [];
  if (wanted("notes")) {
    streams.push({ more: notes.hasNextPage, load: () => void notes.fetchNextPage(), entries: rows<KithRecord>(notes).map((note) => ({ kind: "note", key: note.id, at: note.created_at, note })) });
  }
  if (wanted("tasks")) {
    const moment = (task: KithRecord) => (typeof task.done_at === "string" ? task.done_at : task.updated_at);
    streams.push({ more: tasks.hasNextPage, load: () => void tasks.fetchNextPage(), entries: rows<KithRecord>(tasks).map((task) => ({ kind: "task", key: task.id, at: moment(task), task })) });
  }
  if (wanted("changes")) {
    streams.push({ more: history.hasNextPage, load: () => void history.fetchNextPage(), entries: events.map((event) => ({ kind: "event", key: event.id, at: event.occurred_at, event })) });
  }
  const active = [wanted("notes") ? notes : null, wanted("tasks") ? tasks : null, wanted("changes") ? history : null].filter((query) => query !== null);
  const failed = active.find((query) => query.error !== null && query.data === undefined);
  const unfinished = streams.filter(({ more }) => more);
  return {
    entries: merge(streams),
    events,
    loading: active.some((query) => query.isPending) && failed === undefined,
    problem: failed === undefined ? null : asProblem(failed.error),
    retry: () => {
      for (const query of active) void query.refetch();
    },
    earlier: unfinished.length === 0 ? null : () => {
      for (const { load } of unfinished) load();
    },
    loadingEarlier: active.some((query) => query.isFetchingNextPage),
  };
}

function rows<Row>(query: UseInfiniteQueryResult<{ pages: Page<Row>[] }>): Row[] {
  return query.data?.pages.flatMap((page) => page.data) ?? [];
}

/** Entries by time. What is older than a stream that has more to come waits until that has come. */
export function merge(streams: readonly { more: boolean; entries: TimelineEntry[] }[]): TimelineEntry[] {
  const edge = streams
    .filter(({ more }) => more)
    .map(({ entries }) => entries.at(-1)?.at ?? "")
    .toSorted()
    .at(-1);
  return streams
    .flatMap(({ entries }) => entries)
    .filter(({ at }) => edge === undefined || at >= edge)
    .toSorted((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
}
