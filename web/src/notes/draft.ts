import { useCallback, useState } from "react";

const PREFIX = "kith.draft.";

function read(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  try {
    if (text.trim() === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  } catch {
    // Without storage the draft lasts as long as the page.
  }
}

/** Text that survives leaving and reloading the page, one for each key. */
export function useDraft(key: string): [text: string, set: (text: string) => void] {
  const [draft, setDraft] = useState(() => ({ key, text: read(key) }));
  const current = draft.key === key ? draft.text : read(key);
  const set = useCallback(
    (text: string) => {
      write(key, text);
      setDraft({ key, text });
    },
    [key],
  );
  if (draft.key !== key) setDraft({ key, text: current });
  return [current, set];
}
