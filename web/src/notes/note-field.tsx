import { lazy, Suspense, useRef } from "react";
import { NoteArea, type NoteAreaProps } from "./note-area";

const NoteEditor = lazy(() => import("./editor/note-editor").then((module) => ({ default: module.NoteEditor })));

/** Where a note is written. The editor is large: until it is there, one types into a plain text area. */
export function NoteField(props: NoteAreaProps) {
  const isTyping = useRef(false);
  return (
    <Suspense fallback={<NoteArea {...props} onFocusWithin={(isWithin) => (isTyping.current = isWithin)} />}>
      <NoteEditor {...props} takesOver={isTyping} />
    </Suspense>
  );
}
