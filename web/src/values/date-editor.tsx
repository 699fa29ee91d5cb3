import { CalendarDays } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { clockAt, formatRelative, isDay, momentAt, parseDay } from "@/format";
import { Input, Popover } from "@/ui";
import { DayPicker } from "./day-picker";
import type { EditorProps } from "./editor";
import { t } from "./texts";
import { useFocus } from "./use-focus";

interface DayInputProps {
  /** A day, text that isn't one yet, or null. */
  day: string | null;
  onChange: (day: string | null) => void;
  onPick?: ((day: string | null) => void) | undefined;
  id?: string | undefined;
  label?: string | undefined;
  invalid?: boolean | undefined;
  autoFocus?: boolean | undefined;
  initialText?: string | undefined;
}

/** A day to be typed ("tomorrow", "+3", "1.3.") or picked. */
export function DayInput({ day, onChange, onPick, id, label, invalid, autoFocus, initialText }: DayInputProps) {
  const [text, setText] = useState(initialText ?? day ?? "");
  const [open, setOpen] = useState(false);
  const reported = useRef(day);
  const ref = useRef<HTMLInputElement>(null);
  useFocus(ref, autoFocus, initialText);
  useEffect(() => {
    if (day !== reported.current) {
      reported.current = day;
      setText(day ?? "");
    }
  }, [day]);
  const report = (typed: string) => {
    setText(typed);
    reported.current = typed.trim() === "" ? null : (parseDay(typed) ?? typed);
    onChange(reported.current);
  };
  const read = text === "" ? null : parseDay(text);
  return (
    <div className="relative min-w-0 flex-1">
      <Input
        ref={ref}
        id={id}
        aria-label={label ?? t("date")}
        aria-invalid={invalid}
        value={text}
        autoComplete="off"
        placeholder={t("date")}
        className="pr-7"
        onChange={(event) => report(event.target.value)}
      />
      {read !== null && !isDay(text) ? (
        <span className="pointer-events-none absolute inset-y-0 right-8 flex items-center text-xs text-faint">{formatRelative(read)}</span>
      ) : null}
      <div className="absolute inset-y-0 right-1 flex items-center">
        <Popover
          label={t("date")}
          open={open}
          onOpenChange={setOpen}
          align="end"
          className="p-2!"
          trigger={
            <button type="button" tabIndex={-1} aria-label={t("choose")} className="flex size-6 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text">
              <CalendarDays size={14} />
            </button>
          }
        >
          <DayPicker
            day={read}
            onPick={(picked) => {
              setText(picked ?? "");
              reported.current = picked;
              onChange(picked);
              setOpen(false);
              onPick?.(picked);
            }}
          />
        </Popover>
      </div>
    </div>
  );
}

export function DateEditor({ value, onChange, onDone, ...rest }: EditorProps) {
  return <DayInput {...rest} day={typeof value === "string" ? value : null} onChange={onChange} onPick={onDone} />;
}

/** A day and a time in the person's time zone. */
export function DateTimeEditor({ value, onChange, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const known = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? clockAt(value) : null;
  const [time, setTime] = useState(known?.[1] ?? "09:00");
  const day = known?.[0] ?? (typeof value === "string" ? value : null);
  const report = (nextDay: string | null, nextTime: string) => {
    if (nextDay === null || !isDay(nextDay)) onChange(nextDay);
    else onChange(momentAt(nextDay, /^\d\d:\d\d$/.test(nextTime) ? nextTime : "09:00"));
  };
  return (
    <div className="flex gap-1">
      <DayInput id={id} label={label} invalid={invalid} autoFocus={autoFocus} initialText={initialText} day={day} onChange={(next) => report(next, time)} />
      <Input
        type="time"
        aria-label={t("time")}
        value={time}
        className="w-24! shrink-0"
        onChange={(event) => {
          setTime(event.target.value);
          if (event.target.value !== "") report(day, event.target.value);
        }}
      />
    </div>
  );
}
