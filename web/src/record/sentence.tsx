import { Fragment, type ReactNode } from "react";

/** A text in which `[name]` stands for something that isn't plain text, such as a link. */
export function Sentence({ text, parts }: { text: string; parts: Readonly<Record<string, ReactNode>> }) {
  return text.split(/(\[\w+\])/).map((piece, place) => {
    const name = /^\[(\w+)\]$/.exec(piece)?.[1];
    return <Fragment key={place}>{name === undefined ? piece : (parts[name] ?? piece)}</Fragment>;
  });
}
