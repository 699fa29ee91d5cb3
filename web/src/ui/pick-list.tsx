import { clsx } from "clsx";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { t } from "./texts";

export interface PickItem {
  value: string;
  label: string;
  detail?: string | undefined;
  icon?: ReactNode;
  /** The heading under which it stands. */
  group?: string | undefined;
}

export interface PickListProps {
  label: string;
  placeholder?: string | undefined;
  items: readonly PickItem[];
  onPick: (value: string) => void;
}

/** A list with a search field above it, to choose one of many in a popover. */
export function PickList({ label, placeholder, items, onPick }: PickListProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const wanted = text.trim().toLowerCase();
  const found = wanted === "" ? items : items.filter((item) => `${item.group ?? ""} ${item.label}`.toLowerCase().includes(wanted));
  const index = Math.min(active, Math.max(found.length - 1, 0));
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [index]);
  const move = (step: number) => setActive(found.length === 0 ? 0 : (index + step + found.length) % found.length);
  return (
    <div className="flex w-64 flex-col">
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${index}` : undefined}
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        autoComplete="off"
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter") {
            const item = found[index];
            if (item) onPick(item.value);
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className="h-9 border-b border-line bg-transparent px-3 text-sm outline-none"
      />
      <div ref={list} id={id} role="listbox" aria-label={label} className="max-h-80 overflow-y-auto p-1">
        {found.map((item, place) => (
          <div key={item.value} role="presentation">
            {item.group === found[place - 1]?.group || item.group === undefined ? null : (
              <div role="presentation" className="px-2 pt-2 pb-1 text-2xs font-medium text-faint">{item.group}</div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the input has the keys and the focus */}
            <div
              id={`${id}-${place}`}
              role="option"
              aria-selected={place === index}
              onPointerMove={() => setActive(place)}
              onClick={() => onPick(item.value)}
              className={clsx("flex h-7 items-center gap-2 rounded-md px-2", place === index && "bg-hover")}
            >
              {item.icon}
              <span className="min-w-0 flex-1 truncate">{item.label}</span>
              {item.detail === undefined ? null : <span className="truncate text-xs text-faint">{item.detail}</span>}
            </div>
          </div>
        ))}
        {found.length === 0 ? <p className="px-2 py-1.5 text-faint">{t("no_match")}</p> : null}
      </div>
    </div>
  );
}
