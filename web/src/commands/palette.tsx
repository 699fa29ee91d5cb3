import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Search } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { keys, searchRecords } from "@/api";
import { useCatalog } from "@/catalog";
import { BACKDROP, Kbd, Spinner } from "@/ui";
import { RecordAvatar, useDebounced } from "@/values";
import { score } from "./match";
import { useRecentRecords } from "./recent";
import { isAvailable, useAllCommands } from "./registry";
import { t } from "./texts";

interface Row {
  id: string;
  section: string;
  title: string;
  detail?: string | null | undefined;
  icon: ReactNode;
  shortcut?: string | undefined;
  run: () => void;
}

/** Finds records and commands as one types, those used lately first. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup className="fixed top-[max(12px,12vh)] left-1/2 z-50 flex max-h-[min(480px,76vh)] w-[min(600px,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line-strong bg-raised shadow-lg transition-[opacity,scale] duration-100 outline-none data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0">
          <Dialog.Title className="sr-only">{t("palette")}</Dialog.Title>
          <PaletteBody onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const { rows, loading } = useRows(typed, onClose);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => setActive(0), [typed]);
  const index = Math.min(active, Math.max(rows.length - 1, 0));
  useEffect(() => {
    list.current?.querySelector(`#palette-${index}`)?.scrollIntoView({ block: "nearest" });
  }, [index]);
  const move = (step: number) => setActive(rows.length === 0 ? 0 : (index + step + rows.length) % rows.length);
  return (
    <>
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        {loading ? <Spinner className="text-faint" /> : <Search size={16} className="text-faint" aria-hidden="true" />}
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={rows.length > 0 ? `palette-${index}` : undefined}
          aria-label={t("palette")}
          placeholder={t("placeholder")}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" || (event.ctrlKey && event.key === "n")) move(1);
            else if (event.key === "ArrowUp" || (event.ctrlKey && event.key === "p")) move(-1);
            else if (event.key === "Enter") rows[index]?.run();
            else return;
            event.preventDefault();
          }}
          className="h-12 flex-1 bg-transparent text-lg outline-none"
        />
      </div>
      <div ref={list} id="palette-list" role="listbox" aria-label={t("palette")} className="min-h-0 flex-1 overflow-y-auto p-2">
        {rows.map((row, place) => (
          <div key={row.id} role="presentation">
            {row.section === rows[place - 1]?.section ? null : (
              <div role="presentation" className="px-2 pt-2 pb-1 text-2xs font-medium text-faint first:pt-0">{row.section}</div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the input has the keys and the focus */}
            <div
              id={`palette-${place}`}
              role="option"
              aria-selected={place === index}
              onPointerMove={() => setActive(place)}
              onClick={row.run}
              className={clsx("flex h-9 items-center gap-2.5 rounded-md px-2", place === index && "bg-hover")}
            >
              <span className="flex size-5 shrink-0 items-center justify-center text-muted">{row.icon}</span>
              <span className="min-w-0 truncate" dir="auto">{row.title}</span>
              {row.detail ? <span className="min-w-0 flex-1 truncate text-xs text-faint" dir="auto">{row.detail}</span> : <span className="flex-1" />}
              {row.shortcut ? <Kbd keys={row.shortcut} /> : null}
            </div>
          </div>
        ))}
        {rows.length === 0 && !loading ? <p className="px-2 py-6 text-center text-muted">{t("nothing", { text: typed })}</p> : null}
      </div>
      <footer className="flex items-center gap-4 border-t border-line px-4 py-2 text-2xs text-faint max-sm:hidden">
        <span className="flex items-center gap-1"><Kbd keys="arrowup" /><Kbd keys="arrowdown" /> {t("hint_move")}</span>
        <span className="flex items-center gap-1"><Kbd keys="enter" /> {t("hint_open")}</span>
        <span className="flex items-center gap-1"><Kbd keys="escape" /> {t("hint_close")}</span>
        <span role="status" className="sr-only">{t("results", { count: rows.length })}</span>
      </footer>
    </>
  );
}

function useRows(typed: string, onClose: () => void): { rows: Row[]; loading: boolean } {
  const catalog = useCatalog();
  const commands = useAllCommands();
  const recent = useRecentRecords();
  const navigate = useNavigate();
  const text = useDebounced(typed.trim(), 80);
  const { data, isFetching } = useQuery({
    queryKey: keys.search(text, []),
    enabled: text !== "",
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => searchRecords(text, { limit: 12 }, signal),
  });
  const rows = useMemo(() => {
    const record = (section: string, { object, id, name, detail }: { object: string; id: string; name: string; detail?: string | null }): Row | null => {
      const type = catalog.object(object);
      if (type === undefined) return null;
      return {
        id: `${section}-${id}`,
        section,
        title: name,
        detail: detail ?? type.label,
        icon: <RecordAvatar object={type} name={name} />,
        run: () => {
          onClose();
          void navigate({ to: "/objects/$object/$id", params: { object: type.plural, id } });
        },
      };
    };
    const wanted = typed.trim();
    const offered = commands
      .filter((command) => !command.keyboardOnly && isAvailable(command))
      .map((command) => ({ command, fit: score(`${command.title} ${command.keywords ?? ""}`, wanted) }))
      .filter(({ fit }) => fit > 0)
      .toSorted((one, other) => (wanted === "" ? 0 : other.fit - one.fit))
      .map(({ command, fit }) => {
        const Icon = command.icon;
        const row: Row = {
          id: command.id,
          section: command.section,
          title: command.title,
          icon: Icon ? <Icon size={15} strokeWidth={1.75} aria-hidden="true" /> : null,
          shortcut: command.shortcut,
          run: () => {
            onClose();
            // The palette gives the focus back first, so that what opens next can take it.
            setTimeout(command.run, 0);
          },
        };
        return { row, fit };
      });
    const opened = recent
      .filter((one) => wanted === "" || score(one.name, wanted) > 0)
      .slice(0, wanted === "" ? 6 : 3)
      .map((one) => record(t("recent"), one));
    const seen = new Set(wanted === "" ? [] : recent.filter((one) => score(one.name, wanted) > 0).slice(0, 3).map((one) => one.id));
    const found = wanted === "" || text === "" ? [] : (data ?? []).filter((match) => !seen.has(match.id)).map((match) => record(t("records"), match));
    // A command whose first word is being typed comes before records.
    const strong = offered.filter(({ fit }) => wanted.length > 1 && fit >= 80).map(({ row }) => row);
    const weak = offered.filter(({ row }) => !strong.includes(row)).map(({ row }) => row);
    return [...opened, ...strong, ...found, ...group(weak)].filter((row) => row !== null);
  }, [catalog, commands, recent, navigate, typed, text, data, onClose]);
  return { rows, loading: isFetching };
}

/** Rows of one section next to each other, in the order in which sections first appear. */
function group(rows: Row[]): Row[] {
  const sections = [...new Set(rows.map((row) => row.section))];
  return sections.flatMap((section) => rows.filter((row) => row.section === section));
}
