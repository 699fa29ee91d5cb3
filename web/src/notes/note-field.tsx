import { type ComponentType, useEffect, useRef, useState } from "react";
import { NoteArea, type NoteAreaProps } from "./note-area";

let editor: ComponentType<NoteAreaProps> | null = null;

/** Fetches the editor, which is large, before somebody writes. */
export async function preloadEditor(): Promise<void> {
  editor ??= (await import("./editor/note-editor")).NoteEditor;
}

/**
 * Where a note is written. Until the editor is there one types into a plain text area, which stays as
 * long as one is in it: no letter is lost.
 */
export function NoteField(props: NoteAreaProps) {
  const [state, setState] = useState<"loading" | "plain" | "rich">(editor === null ? "loading" : "rich");
  const isTyping = useRef(false);
  useEffect(() => {
    if (state !== "loading") return;
    let isThere = true;
    preloadEditor().then(
      () => isThere && setState(isTyping.current ? "plain" : "rich"),
      () => isThere && setState("plain"),
    );
    return () => {
      isThere = false;
    };
  }, [state]);
  if (state === "rich" && editor !== null) {
    const Editor = editor;
    return <Editor {...props} />;
  }
  // What asks for the focus waits for the editor that will have it.
  if (state === "loading" && props.autoFocus === true) return <div className="h-9" />;
  return (
    <NoteArea
      {...props}
      onFocusWithin={(isWithin) => {
        isTyping.current = isWithin;
        if (!isWithin && editor !== null) setState("rich");
      }}
    />
  );
}
