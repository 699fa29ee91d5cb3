import { useEffect, useRef, useState } from "react";
import { editableAmount, isMoney, parseMoney, regional } from "@/format";
import { Input } from "@/ui";
import type { EditorProps } from "./editor";
import { t } from "./texts";
import { useFocus } from "./use-focus";

/** Amount and currency. The amount takes the currency's code or sign too: "1,200 USD". */
export function MoneyEditor({ value, onChange, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const start = isMoney(value) ? value : null;
  const [amount, setAmount] = useState(initialText ?? (start ? editableAmount(start.amount) : ""));
  const [currency, setCurrency] = useState(start?.currency ?? regional().currency);
  const reported = useRef<unknown>(value);
  const ref = useRef<HTMLInputElement>(null);
  useFocus(ref, autoFocus, initialText);
  useEffect(() => {
    if (JSON.stringify(value) === JSON.stringify(reported.current)) return;
    reported.current = value;
    setAmount(isMoney(value) ? editableAmount(value.amount) : "");
    if (isMoney(value)) setCurrency(value.currency);
  }, [value]);
  const report = (typed: string, code: string) => {
    const money = typed.trim() === "" ? null : parseMoney(typed, code);
    reported.current = typed.trim() === "" ? null : (money ?? typed);
    onChange(reported.current);
    return money;
  };
  return (
    <div className="flex gap-1">
      <Input
        ref={ref}
        id={id}
        aria-label={label ?? t("amount")}
        aria-invalid={invalid}
        inputMode="decimal"
        autoComplete="off"
        value={amount}
        className="text-right"
        onChange={(event) => {
          setAmount(event.target.value);
          const money = report(event.target.value, currency);
          if (money && money.currency !== currency) setCurrency(money.currency);
        }}
      />
      <Input
        aria-label={t("currency")}
        value={currency}
        maxLength={3}
        className="w-14! shrink-0 text-center uppercase"
        onChange={(event) => {
          const code = event.target.value.toUpperCase();
          setCurrency(code);
          if (code.length === 3) report(amount, code);
        }}
      />
    </div>
  );
}
