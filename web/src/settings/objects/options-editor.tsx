import { ArchiveRestore, ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useRef } from "react";
import { flushSync } from "react-dom";
import type { Option } from "@/catalog";
import { Dot, IconButton, Input, Menu, MenuRadio, TAG_COLORS, tagColor } from "@/ui";
import { t } from "../texts";
import { nameOf } from "./names";

export interface OptionsEditorProps {
  options: readonly Option[];
  /** Those that the server has: they can be retired, but not left out. */
  known: readonly Option[];
  error: string | undefined;
  onChange: (options: Option[]) => void;
}

/** The options of a select, in their order, with their colours. */
export function OptionsEditor({ options, known, error, onChange }: OptionsEditorProps) {
  const list = useRef<HTMLUListElement>(null);
  const isKnown = (option: Option) => known.some((one) => one.value === option.value);
  const change = (place: number, part: Partial<Option>) => onChange(options.map((option, at) => (at === place ? { ...option, ...part } : option)));
  const move = (place: number, by: 1 | -1) => {
    const next = [...options];
    const [moved] = next.splice(place, 1);
    if (moved !== undefined) next.splice(place + by, 0, moved);
    onChange(next);
  };
  const add = () => {
    // At once: what is typed next belongs to the new option.
    flushSync(() => onChange([...options, { value: "", label: "" }]));
    list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus();
  };
  return (
    <fieldset>
      <legend className="mb-1.5 text-xs font-medium text-muted">{t("options")}</legend>
      <ul ref={list} className="flex flex-col gap-1">
        {options.map((option, place) => {
          const color = tagColor(option.color, place);
          const name = option.label === "" ? t("new_option") : option.label;
          return (
            <li key={place} className="flex items-center gap-1">
              <Menu
                trigger={
                  <button type="button" aria-label={t("option_color", { name })} className="flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-hover data-popup-open:bg-hover">
                    <Dot color={color} className="size-3" />
                  </button>
                }
              >
                <MenuRadio value={color} onChange={(next) => change(place, { color: next })} choices={TAG_COLORS.map((one) => ({ value: one, label: one, icon: <Dot color={one} /> }))} />
              </Menu>
              <Input
                aria-label={t("option_label", { n: place + 1 })}
                value={option.label}
                required
                disabled={option.retired}
                onChange={(event) => change(place, { label: event.target.value, ...(isKnown(option) ? {} : { value: nameOf(event.target.value) || `option_${place + 1}` }) })}
                onKeyDown={(event) => {
                  if (event.key !== "Enter") return;
                  event.preventDefault();
                  add();
                }}
              />
              <IconButton label={t("move_up", { name })} icon={<ArrowUp size={14} />} disabled={place === 0} onClick={() => move(place, -1)} />
              <IconButton label={t("move_down", { name })} icon={<ArrowDown size={14} />} disabled={place === options.length - 1} onClick={() => move(place, 1)} />
              {isKnown(option) ? (
                <IconButton
                  label={option.retired ? t("restore_option", { name }) : t("retire_option", { name })}
                  icon={option.retired ? <ArchiveRestore size={14} /> : <X size={14} />}
                  onClick={() => change(place, { retired: option.retired !== true })}
                />
              ) : (
                <IconButton label={t("remove_option", { name })} icon={<X size={14} />} onClick={() => onChange(options.toSpliced(place, 1))} />
              )}
            </li>
          );
        })}
      </ul>
      {error === undefined ? null : <p role="alert" className="mt-1 text-xs text-danger-text">{error}</p>}
      <button type="button" onClick={add} className="mt-1 flex h-7 items-center gap-1.5 rounded-md px-2 font-medium text-muted hover:bg-hover hover:text-text">
        <Plus size={14} aria-hidden="true" />
        {t("add_option")}
      </button>
    </fieldset>
  );
}
