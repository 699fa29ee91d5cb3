import { clsx } from "clsx";
import { CalendarDays, Columns3, EllipsisVertical, Lock, Pencil, Pin, PinOff, Plus, Share2, Table2, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { asProblem, useSession } from "@/api";
import type { ObjectType } from "@/catalog";
import { toastUndo } from "@/commands";
import { IconButton, Menu, MenuItem, MenuSeparator, toast } from "@/ui";
import { fromSaved, type SavedView, type ViewKind } from "./model";
import { t } from "./texts";
import type { ListViewState } from "./use-list-view";
import { createView, deleteView, updateView, type ViewChange } from "./use-views";

const ICONS: Record<ViewKind, typeof Table2> = { table: Table2, board: Columns3, calendar: CalendarDays };

const SaveViewDialog = lazy(() => import("./save-view-dialog").then((module) => ({ default: module.SaveViewDialog })));

/** The saved views of an object, and a way to make one more. */
export function ViewTabs({ object, state }: { object: ObjectType; state: ListViewState }) {
  const [naming, setNaming] = useState(false);
  const objects = object.label_plural.toLowerCase();
  return (
    <div className="flex h-9 shrink-0 items-center gap-1 overflow-x-auto px-3 [scrollbar-width:none]" role="group" aria-label={t("views", { objects })}>
      <Tab active={state.saved === null} onClick={() => state.open(null)} label={t("all", { objects })} kind="table" />
      {state.views?.map((view) => <ViewTab key={view.id} view={view} state={state} />)}
      <IconButton size="sm" label={t("new_view")} icon={<Plus size={14} />} onClick={() => setNaming(true)} />
      {naming ? (
        <Suspense>
          <SaveViewDialog
            title={t("new_view")}
            action={t("create")}
            onClose={() => setNaming(false)}
            onSave={async (about) => state.open(await createView(object.plural, state.view, about))}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

function Tab({ active, onClick, label, kind, locked }: { active: boolean; onClick: () => void; label: string; kind: ViewKind; locked?: boolean }) {
  const Icon = ICONS[kind];
  return (
    <button
      type="button"
      aria-pressed={active}
      onClick={onClick}
      className={clsx("flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-sm font-medium whitespace-nowrap", active ? "bg-pressed text-text" : "text-muted hover:bg-hover hover:text-text")}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="max-w-48 truncate" dir="auto">{label}</span>
      {locked ? <Lock size={11} aria-label={t("private_view")} className="text-faint" /> : null}
    </button>
  );
}

function ViewTab({ view, state }: { view: SavedView; state: ListViewState }) {
  const { user } = useSession();
  const [renaming, setRenaming] = useState(false);
  const active = state.saved?.id === view.id;
  const mine = view.owner.id === user.id || user.role === "administrator";
  const change = async (next: ViewChange) => {
    try {
      await updateView(view, next);
    } catch (error) {
      toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
    }
  };
  const remove = async () => {
    try {
      await deleteView(view);
      state.open(null);
      toastUndo(t("deleted", { name: view.name }), async () => {
        state.open(await createView(view.object, fromSaved(view), { name: view.name, shared: view.shared }));
      });
    } catch (error) {
      toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
    }
  };
  return (
    <span className="group/tab flex shrink-0 items-center">
      <Tab active={active} onClick={() => state.open(view)} label={view.name} kind={view.kind} locked={!view.shared} />
      {active ? (
        <Menu trigger={<IconButton size="sm" label={t("menu", { name: view.name })} icon={<EllipsisVertical size={14} />} />}>
          {view.default === "mine" ? (
            <MenuItem icon={<PinOff size={14} />} onSelect={() => void change({ default: "none" })}>{t("no_default")}</MenuItem>
          ) : (
            <MenuItem icon={<Pin size={14} />} onSelect={() => void change({ default: "mine" })}>{t("default_mine")}</MenuItem>
          )}
          {user.role === "administrator" && view.shared && view.default !== "everyone" ? (
            <MenuItem icon={<Pin size={14} />} onSelect={() => void change({ default: "everyone" })}>{t("default_everyone")}</MenuItem>
          ) : null}
          {mine ? (
            <>
              <MenuSeparator />
              <MenuItem icon={<Pencil size={14} />} onSelect={() => setRenaming(true)}>{t("rename")}</MenuItem>
              <MenuItem icon={view.shared ? <Lock size={14} /> : <Share2 size={14} />} onSelect={() => void change({ shared: !view.shared })}>
                {view.shared ? t("unshare") : t("share")}
              </MenuItem>
              <MenuSeparator />
              <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => void remove()}>{t("delete")}</MenuItem>
            </>
          ) : null}
        </Menu>
      ) : null}
      {renaming ? (
        <Suspense>
          <SaveViewDialog
            title={t("rename")}
            action={t("save")}
            name={view.name}
            nameOnly
            onClose={() => setRenaming(false)}
            onSave={async ({ name }) => {
              await updateView(view, { name });
            }}
          />
        </Suspense>
      ) : null}
    </span>
  );
}
