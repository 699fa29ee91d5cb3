import { type Dispatch, type RefObject, type SetStateAction, useCallback, useEffect, useMemo, useState } from "react";
import type { ListRequest } from "@/api";

export interface Place {
  row: number;
  column: number;
}

interface Left extends Place {
  scroll: number;
}

/** Where one was in a list when one left it, so that coming back ends there. */
const left = new Map<string, Left>();

/** The active cell and the scroll position, as they were when this list was last seen. */
export function usePlace(plural: string, request: ListRequest, scroller: RefObject<HTMLElement | null>): { place: Place; setPlace: Dispatch<SetStateAction<Place>>; setScroll: (scroll: number) => void; initialScroll: number; identity: string } {
  const identity = JSON.stringify([plural, request.filter, request.sort]);
  const start = useMemo(() => left.get(identity), [identity]);
  const [state, setState] = useState({ identity, place: { row: start?.row ?? 0, column: start?.column ?? 0 } });
  // Another filter or order is another list: it begins at its top.
  const place = useMemo(() => (state.identity === identity ? state.place : { row: start?.row ?? 0, column: start?.column ?? 0 }), [state, identity, start]);
  const setPlace: Dispatch<SetStateAction<Place>> = useMemo(
    () => (next) =>
      setState((now) => {
        const before = now.identity === identity ? now.place : { row: 0, column: 0 };
        return { identity, place: typeof next === "function" ? next(before) : next };
      }),
    [identity],
  );
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (left.has(identity)) element.focus({ preventScroll: true });
  }, [identity, scroller]);
  // Told by the table, which knows it: asking the element while it is drawn would have it laid out at once.
  const setScroll = useCallback((scroll: number) => left.set(identity, { row: 0, column: 0, ...left.get(identity), scroll }), [identity]);
  useEffect(() => {
    if (place.row !== 0 || place.column !== 0 || left.has(identity)) left.set(identity, { ...place, scroll: left.get(identity)?.scroll ?? 0 });
  }, [identity, place]);
  return { place, setPlace, setScroll, initialScroll: start?.scroll ?? 0, identity };
}
