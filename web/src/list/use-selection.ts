import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { readSelection, type Selection, selectionText } from "./selection";

/** The chosen records, which stand in the page's address as long as they are few. */
export function useSelection(): [selection: Selection, set: (next: Selection) => void] {
  const { selected } = useSearch({ from: "/app/objects/$object" });
  const navigate = useNavigate({ from: "/objects/$object" });
  const [selection, setSelection] = useState(() => readSelection(selected));
  /** What this page wrote last; the address follows a little later. */
  const written = useRef(selected);
  const writing = useRef(0);
  useEffect(() => {
    // Somebody else changed the address: a link, or the way back.
    if (writing.current > 0 || written.current === selected) return;
    written.current = selected;
    setSelection(readSelection(selected));
  }, [selected]);
  const set = useCallback(
    (next: Selection) => {
      setSelection(next);
      const text = selectionText(next);
      if (text === written.current) return;
      written.current = text;
      writing.current += 1;
      void navigate({ search: (now) => ({ ...now, selected: text }), replace: true }).finally(() => {
        writing.current -= 1;
      });
    },
    [navigate],
  );
  return [selection, set];
}
