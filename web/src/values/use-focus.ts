import { type RefObject, useEffect } from "react";

/** Puts the caret where typing goes on. */
export function useFocus(ref: RefObject<HTMLInputElement | HTMLTextAreaElement | null>, wanted: boolean | undefined, initialText?: string) {
  useEffect(() => {
    if (!wanted) return;
    ref.current?.focus();
    if (initialText === undefined) ref.current?.select();
    else ref.current?.setSelectionRange(initialText.length, initialText.length);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when it opens
  }, []);
}
