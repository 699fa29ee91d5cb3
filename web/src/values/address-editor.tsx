import { useId } from "react";
import { Input, Textarea } from "@/ui";
import type { EditorProps } from "./editor";
import type { Address } from "./shapes";
import { t } from "./texts";

const PARTS = ["street", "postal_code", "city", "region", "country"] as const;

export function AddressEditor({ value, onChange, id, label, invalid, autoFocus }: EditorProps) {
  const own = useId();
  const address: Address = typeof value === "object" && value !== null ? value : {};
  const set = (part: (typeof PARTS)[number], text: string) => {
    const next = { ...address, [part]: text === "" ? null : text };
    onChange(PARTS.every((one) => !next[one]) ? null : next);
  };
  return (
    <fieldset className="grid grid-cols-2 gap-1.5 rounded-md bg-bg" aria-label={label}>
      {PARTS.map((part, place) => {
        const common = {
          id: place === 0 ? id : `${own}-${part}`,
          "aria-label": t(part),
          "aria-invalid": invalid,
          placeholder: t(part),
          value: address[part] ?? "",
          dir: "auto" as const,
        };
        return part === "street" ? (
          <Textarea
            key={part}
            {...common}
            rows={2}
            autoFocus={autoFocus}
            className="col-span-2"
            onChange={(event) => set(part, event.target.value)}
          />
        ) : (
          <Input key={part} {...common} onChange={(event) => set(part, event.target.value)} />
        );
      })}
    </fieldset>
  );
}
