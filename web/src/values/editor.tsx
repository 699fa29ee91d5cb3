import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Field } from "@/catalog";
import { Checkbox, Input, Select, Textarea } from "@/ui";
import { AddressEditor } from "./address-editor";
import { DateEditor, DateTimeEditor } from "./date-editor";
import { LinkEditor, LinksEditor, UserEditor } from "./link-editor";
import { MultiSelectEditor, RatingEditor, SelectEditor, TextListEditor } from "./list-editor";
import { MoneyEditor } from "./money-editor";
import { editText, parseText } from "./text";
import { t } from "./texts";
import { useFocus } from "./use-focus";

export interface EditorProps {
  field: Field;
  /** As the server shows it, or as an earlier `onChange` gave it. */
  value: unknown;
  /** Every change, in a form in which the server takes it. Linked records come with their names. */
  onChange: (value: unknown) => void;
  /** The person has chosen, as by a click in a list: nothing more is to be typed. */
  onDone?: ((value: unknown) => void) | undefined;
  id?: string | undefined;
  label?: string | undefined;
  invalid?: boolean | undefined;
  /** Takes the focus, and opens its list where it has one. */
  autoFocus?: boolean | undefined;
  /** What was typed to open the editor. `value` is then already what it means. */
  initialText?: string | undefined;
}

/** The control for a value of any field. Around it, Field gives the label; CellEditor the keys. */
export function Editor(props: EditorProps): ReactNode {
  switch (props.field.type) {
    case "boolean":
      return <BooleanEditor {...props} />;
    case "currency":
      return <MoneyEditor {...props} />;
    case "date":
      return <DateEditor {...props} />;
    case "datetime":
      return <DateTimeEditor {...props} />;
    case "select":
      return <SelectEditor {...props} />;
    case "multi_select":
      return <MultiSelectEditor {...props} />;
    case "emails":
    case "phones":
    case "links":
      return <TextListEditor {...props} />;
    case "rating":
      return <RatingEditor {...props} />;
    case "address":
      return <AddressEditor {...props} />;
    case "user":
      return <UserEditor {...props} />;
    case "relation":
    case "any_relation":
      return <LinkEditor {...props} />;
    case "relations":
      return <LinksEditor {...props} />;
    case "long_text":
    case "json":
      return <LongEditor {...props} />;
    default:
      return <TextEditor {...props} />;
  }
}

function TextEditor({ field, value, onChange, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const [text, setText] = useState(() => initialText ?? editText(field, value));
  const ref = useRef<HTMLInputElement>(null);
  const reported = useRef<unknown>(value);
  // A value from outside replaces what stands here; an echo of what was typed does not.
  useEffect(() => {
    if (value !== reported.current) {
      reported.current = value;
      setText(editText(field, value));
    }
  }, [field, value]);
  useFocus(ref, autoFocus, initialText);
  const change = (next: string) => {
    setText(next);
    const parsed = parseText(field, next, value);
    reported.current = parsed.kind === "value" ? parsed.value : next;
    onChange(reported.current);
  };
  const numeric = field.type === "number" || field.type === "decimal";
  return (
    <Input
      ref={ref}
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      value={text}
      inputMode={numeric ? "decimal" : undefined}
      autoComplete="off"
      dir="auto"
      onChange={(event) => change(event.target.value)}
    />
  );
}

function LongEditor({ field, value, onChange, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const [text, setText] = useState(() => initialText ?? editText(field, value));
  const ref = useRef<HTMLTextAreaElement>(null);
  useFocus(ref, autoFocus, initialText);
  return (
    <Textarea
      ref={ref}
      id={id}
      aria-label={label}
      aria-invalid={invalid}
      value={text}
      rows={field.type === "json" ? 8 : 4}
      dir="auto"
      className={field.type === "json" ? "font-mono text-xs" : undefined}
      onChange={(event) => {
        setText(event.target.value);
        const parsed = parseText(field, event.target.value);
        onChange(parsed.kind === "value" ? parsed.value : event.target.value);
      }}
    />
  );
}

function BooleanEditor({ field, value, onChange, onDone, id, label, invalid, autoFocus }: EditorProps) {
  if (onDone === undefined) {
    return <Checkbox id={id} checked={value === true} onChange={onChange} label={label ?? field.label} />;
  }
  return (
    <Select
      id={id}
      label={label}
      invalid={invalid}
      value={value === true ? "true" : value === false ? "false" : null}
      onChange={(next) => {
        onChange(next === "true");
        onDone(next === "true");
      }}
      choices={[
        { value: "true", label: t("yes") },
        { value: "false", label: t("no") },
      ]}
      autoOpen={autoFocus}
    />
  );
}
