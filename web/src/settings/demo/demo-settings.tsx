import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, asProblem, queryClient, take } from "@/api";
import { useCatalog } from "@/catalog";
import { formatNumber } from "@/format";
import { Banner, Button, confirm, Progress, toast } from "@/ui";
import { RecordLink } from "@/values";
import { Pending, SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";

const KEY = ["demo"];

/** Invented records, to look around with: loaded and removed in the background. */
export function DemoSettings() {
  const catalog = useCatalog();
  const { isAdministrator, reason } = useAdministrator();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: () => take(api.GET("/demo")),
    refetchInterval: (query) => (query.state.data?.state === "filling" || query.state.data?.state === "removing" ? 700 : false),
  });
  const state = data?.state;
  const busy = state === "filling" || state === "removing";
  const before = useRef(busy);
  useEffect(() => {
    // Every list shows other records now.
    if (before.current && !busy) void queryClient.invalidateQueries({ queryKey: ["records"] });
    before.current = busy;
  }, [busy]);
  const run = async (what: "load" | "remove") => {
    if (what === "remove" && !(await confirm({ title: t("demo_remove_title"), text: t("demo_remove_text"), action: t("demo_remove"), danger: true }))) return;
    try {
      queryClient.setQueryData(KEY, await take(what === "load" ? api.POST("/demo", { body: {} }) : api.DELETE("/demo")));
    } catch (failure) {
      toast({ title: asProblem(failure).detail, kind: "error" });
    }
    await refetch();
  };
  if (data === undefined) {
    return (
      <SettingsBody title={t("demo")} text={t("demo_text")} reason={reason}>
        <Pending error={error} onRetry={() => void refetch()} />
      </SettingsBody>
    );
  }
  const { progress } = data;
  const share = progress === undefined || progress.total === 0 ? null : Math.min(progress.done / progress.total, 1);
  const filled = state === "filled" || state === "failed";
  const shown = (data.records ?? []).filter((one) => one.made > 0);
  return (
    <SettingsBody title={t("demo")} text={t("demo_text")} reason={reason}>
      <div className="flex flex-col gap-5">
        {busy ? (
          <div aria-live="polite">
            <p className="mb-2 font-medium">{state === "filling" ? t("demo_filling") : t("demo_removing")}</p>
            <Progress value={share} label={state === "filling" ? t("demo_filling") : t("demo_removing")} />
            {progress === undefined ? null : <p className="mt-1.5 text-xs text-muted">{t("demo_progress", { done: formatNumber(progress.done), total: formatNumber(progress.total) })}</p>}
          </div>
        ) : null}
        {state === "failed" ? <Banner kind="error">{data.error ?? t("demo_failed")}</Banner> : null}
        {state === "filled" ? <Banner kind="success">{t("demo_filled")}</Banner> : null}
        {state === "removed" ? <Banner>{t("demo_removed", { n: formatNumber(data.removed ?? 0) })}</Banner> : null}
        {(data.left_out ?? 0) > 0 ? <Banner kind="warning">{t("demo_left_out", { n: formatNumber(data.left_out ?? 0), reason: data.refusal ?? "" })}</Banner> : null}
        {shown.length > 0 && state !== "removed" && state !== "none" ? (
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
            {shown.map((one) => (
              <div key={one.object} className="contents">
                <dt className="text-muted">{catalog.object(one.object)?.label_plural ?? one.object}</dt>
                <dd className="font-medium">{formatNumber(one.made)}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        {(data.kept_records ?? []).length > 0 ? (
          <div>
            <p>{t("demo_kept", { n: formatNumber(data.kept ?? 0) })}</p>
            <ul className="mt-2 flex flex-col gap-1">
              {data.kept_records?.map((kept) => (
                <li key={kept.id} className="flex flex-wrap items-center gap-1.5">
                  <RecordLink object={kept.object} id={kept.id} name={kept.name} />
                  <span className="text-faint">{t("demo_because")}</span>
                  <RecordLink object={kept.because.object} id={kept.because.id} name={kept.because.name} />
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {isAdministrator ? (
          <div className="flex gap-2">
            {filled || state === "filling" ? (
              <Button onClick={() => void run("remove")}>{t("demo_remove")}</Button>
            ) : (
              <Button variant="primary" disabled={busy} onClick={() => void run("load")}>{t("demo_load")}</Button>
            )}
          </div>
        ) : null}
      </div>
    </SettingsBody>
  );
}
