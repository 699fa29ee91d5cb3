import { lazy, Suspense, useState } from "react";
import { asProblem, useSession } from "@/api";
import type { ObjectType } from "@/catalog";
import { Button, toast } from "@/ui";
import { toSaved } from "./model";
import { t } from "./texts";
import type { ListViewState } from "./use-list-view";
import { createView, updateView } from "./use-views";

const SaveViewDialog = lazy(() => import("./save-view-dialog").then((module) => ({ default: module.SaveViewDialog })));

/** Offers to save what was changed in a view, to make another view of it, or to take it back. */
export function UnsavedBar({ object, state }: { object: ObjectType; state: ListViewState }) {
  const { user } = useSession();
  const [naming, setNaming] = useState(false);
  const [busy, setBusy] = useState(false);
  const { saved, changed, view } = state;
  if (!changed && !naming) return null;
  const maySave = saved !== null && (saved.owner.id === user.id || user.role === "administrator");
  const save = async () => {
    if (saved === null) return;
    setBusy(true);
    try {
      await updateView(saved, toSaved(view));
      state.reset();
      toast({ title: t("saved"), kind: "success" });
    } catch (error) {
      toast({ title: t("failed"), text: asProblem(error).detail, kind: "error" });
    }
    setBusy(false);
  };
  return (
    <div className="flex items-center gap-1" role="group" aria-label={t("changed")}>
      <Button size="sm" variant="ghost" onClick={state.reset}>{t("reset")}</Button>
      <Button size="sm" variant={maySave ? "ghost" : "secondary"} onClick={() => setNaming(true)}>{t("save_as")}</Button>
      {maySave ? (
        <Button size="sm" variant="primary" busy={busy} onClick={() => void save()}>
          {saved.shared ? t("save_for_all") : t("save")}
        </Button>
      ) : null}
      {naming ? (
        <Suspense>
          <SaveViewDialog
            title={t("save_as")}
            action={t("create")}
            onClose={() => setNaming(false)}
            onSave={async (about) => state.open(await createView(object.plural, view, about))}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
