import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, CirclePause, Download, Undo2 } from "lucide-react";
import { useState } from "react";
import { asProblem, refreshObject } from "@/api";
import { type ObjectType, useCatalog } from "@/catalog";
import { formatNumber } from "@/format";
import { Banner, Button, buttonClass, confirm, toast } from "@/ui";
import { RecordLink } from "@/values";
import { CountTiles } from "./count-tiles";
import { act } from "./queries";
import { progressCounts } from "./running-step";
import { t } from "./texts";
import type { Import } from "./types";

/** What became of an import that has ended. */
export function ResultStep({ item, object }: { item: Import; object: ObjectType }) {
  const [busy, setBusy] = useState<"start" | "undo" | null>(null);
  const { progress, state } = item;
  const run = async (what: "start" | "undo") => {
    setBusy(what);
    try {
      await act(item.id, what);
      await refreshObject(object.plural);
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    } finally {
      setBusy(null);
    }
  };
  const undo = async () => {
    if (await confirm({ title: t("undo_title"), text: t("undo_text"), action: t("undo_action"), danger: true })) await run("undo");
  };
  const done = state === "completed";
  const resumable = state === "cancelled" || state === "failed";
  const title = done ? t("completed", { name: item.file_name }) : state === "undone" ? t("undone") : state === "failed" ? t("failed") : t("cancelled");
  const Icon = done ? CircleCheck : state === "undone" ? Undo2 : state === "failed" ? CircleAlert : CirclePause;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-3xl px-6 py-12 max-md:px-4 max-md:py-8">
        <div className="flex items-start gap-3">
          <Icon size={22} className={done ? "mt-0.5 shrink-0 text-success-text" : state === "failed" ? "mt-0.5 shrink-0 text-danger-text" : "mt-0.5 shrink-0 text-muted"} aria-hidden="true" />
          <div className="min-w-0">
            <h2 className="text-lg font-semibold break-words" tabIndex={-1}>{title}</h2>
            <p className="text-muted">
              {done
                ? t("completed_text", { rows: formatNumber(progress.read), time: duration(item) })
                : state === "undone"
                  ? t("undone_text", { deleted: formatNumber(item.undo?.deleted ?? 0), restored: formatNumber(item.undo?.restored ?? 0) })
                  : state === "cancelled"
                    ? t("cancelled_text")
                    : null}
            </p>
          </div>
        </div>
        {item.error === null ? null : <Banner kind="error" className="mt-4">{item.error}</Banner>}
        <div className="mt-6">
          <CountTiles counts={progressCounts(item)} users={progress.users_created} />
        </div>
        {item.undo !== null && item.undo.left > 0 ? <Left item={item} /> : null}
        {progress.rejected > 0 || progress.adjusted > 0 ? (
          <div className="mt-6 flex flex-col gap-3">
            <p className="text-muted">
              {progress.rejected > 0 ? `${t("rejected_hint", { count: progress.rejected, n: formatNumber(progress.rejected) })} ` : ""}
              {progress.adjusted > 0 ? t("adjusted_hint", { count: progress.adjusted, n: formatNumber(progress.adjusted) }) : ""}
            </p>
            <div className="flex flex-wrap gap-2">
              {progress.rejected > 0 ? <DownloadLink id={item.id} what="rejected">{t("download_rejected")}</DownloadLink> : null}
              <DownloadLink id={item.id} what="issues">{t("download_issues")}</DownloadLink>
            </div>
          </div>
        ) : null}
        <div className="mt-8 flex flex-wrap gap-2 border-t border-line pt-6">
          {resumable ? <Button variant="primary" busy={busy === "start"} onClick={() => void run("start")}>{t("resume")}</Button> : null}
          {done ? (
            <Link to="/objects/$object" params={{ object: object.plural }} className={buttonClass("primary")}>{t("open_object", { objects: object.label_plural })}</Link>
          ) : null}
          <Link to="/import" className={buttonClass()}>{t("again")}</Link>
          {state === "undone" ? null : (
            <Button variant="ghost" icon={<Undo2 size={14} />} busy={busy === "undo"} onClick={() => void undo()} className="ml-auto max-md:ml-0">{t("undo")}</Button>
          )}
        </div>
      </div>
    </div>
  );
}

function DownloadLink({ id, what, children }: { id: string; what: "rejected" | "issues"; children: string }) {
  return (
    <a href={`/api/v1/imports/${id}/${what}`} download={`${what}.csv`} className={buttonClass()}>
      <Download size={14} aria-hidden="true" />
      {children}
    </a>
  );
}

/** Records that undoing left alone, and why. */
function Left({ item }: { item: Import }) {
  const catalog = useCatalog();
  return (
    <details className="mt-6">
      <summary>{t("left", { count: item.undo?.left ?? 0, n: formatNumber(item.undo?.left ?? 0) })}</summary>
      <ul className="mt-2 flex flex-col gap-1">
        {item.undo?.left_records.map((record) => (
          <li key={record.id} className="flex gap-3">
            <RecordLink object={record.object} id={record.id} name={catalog.object(record.object)?.label ?? record.object} />
            <span className="text-muted">{record.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** How long it took, from the first start to the end. */
function duration({ started_at: from, finished_at: to }: Import): string {
  const seconds = from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;
  if (seconds < 90) return `${formatNumber(seconds, 1)} s`;
  return `${formatNumber(Math.round(seconds / 60))} min`;
}
