import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { lazy, Suspense, useEffect, useRef } from "react";
import { asProblem, keys, queryClient } from "@/api";
import { useCatalog } from "@/catalog";
import { NotFoundPage, TopBar } from "@/shell";
import { Banner, Button, PageSkeleton, toast } from "@/ui";
import { CheckStep } from "./check-step";
import { forget, importQuery } from "./queries";
import { ResultStep } from "./result-step";
import { RunningStep } from "./running-step";
import { Steps } from "./steps";
import { t } from "./texts";
import { type Import, isBusy } from "./types";

const MappingStep = lazy(() => import("./mapping/mapping-step").then((module) => ({ default: module.MappingStep })));

/** An import that has its file: planned, checked, under way or done. */
export function OneImport({ id }: { id: string }) {
  const { data, error, isPending } = useQuery(importQuery(id));
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const catalog = useCatalog();
  const state = data?.state;
  const before = useRef(state);
  useEffect(() => {
    const worked = before.current === "running" || before.current === "undoing";
    before.current = state;
    if (!worked || state === undefined || isBusy(state)) return;
    // Any object's records may be others now, since relations create theirs; and there may be new users.
    void queryClient.invalidateQueries({ queryKey: ["records"] });
    void queryClient.invalidateQueries({ queryKey: keys.users });
  }, [state]);
  const changeObject = async () => {
    try {
      await forget(id);
      await navigate({ to: "/import" });
    } catch (failure) {
      toast({ title: asProblem(failure).detail, kind: "error" });
    }
  };
  if (data === undefined) {
    // The page's own error view shows what can't be read.
    if (error !== null) throw error;
    return (
      <>
        <TopBar title={t("import")} icon={<Upload size={16} />} />
        {isPending ? <PageSkeleton /> : null}
      </>
    );
  }
  const object = catalog.object(data.object);
  if (object === undefined) return <NotFoundPage />;
  const planning = data.state === "ready" && (data.dry_run === null || search.step === "columns");
  return (
    <>
      <TopBar
        title={data.file_name}
        icon={<Upload size={16} />}
        actions={<Steps at={stepOf(data, planning)} />}
      >
        <span className="truncate text-muted max-md:hidden">{t("into", { object: object.label_plural })}</span>
        {planning ? <Button size="sm" variant="ghost" onClick={() => void changeObject()}>{t("change_object")}</Button> : null}
      </TopBar>
      {data.state === "ready" && data.error !== null ? (
        <div className="px-6 pt-4 max-md:px-4">
          <Banner kind="error">{data.error}</Banner>
        </div>
      ) : null}
      {planning ? (
        <Suspense fallback={<PageSkeleton />}>
          <MappingStep item={data} object={object} />
        </Suspense>
      ) : isBusy(data.state) ? (
        <RunningStep item={data} />
      ) : data.state === "ready" ? (
        <CheckStep item={data} object={object} onBack={() => void navigate({ to: "/import/$id", params: { id }, search: { step: "columns" } })} />
      ) : (
        <ResultStep item={data} object={object} />
      )}
    </>
  );
}

function stepOf(item: Import, planning: boolean): 1 | 2 | 3 | 4 {
  if (planning) return 1;
  if (item.state === "ready" || item.state === "checking") return 2;
  return item.state === "completed" || item.state === "undone" ? 4 : 3;
}
