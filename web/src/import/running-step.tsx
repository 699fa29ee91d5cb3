import { useState } from "react";
import { asProblem } from "@/api";
import { formatNumber, formatPercent } from "@/format";
import { Button, confirm, Progress, toast } from "@/ui";
import { CountTiles } from "./count-tiles";
import { act } from "./queries";
import { t } from "./texts";
import type { Import } from "./types";

/** An import that the server is at work on. */
export function RunningStep({ item }: { item: Import }) {
  const [busy, setBusy] = useState(false);
  const { progress } = item;
  const running = item.state === "running";
  const title = item.state === "checking" ? t("checking") : item.state === "undoing" ? t("undoing") : t("running", { name: item.file_name });
  const stop = async () => {
    if (running && !(await confirm({ title: t("stop_title"), text: t("stop_text"), action: t("stop") }))) return;
    setBusy(true);
    try {
      await act(item.id, "cancel");
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    } finally {
      setBusy(false);
    }
  };
  const detail = item.cancel_requested
    ? t("cancelling")
    : progress.phase === "relations"
      ? t("running_relations")
      : progress.rows_per_second === null
        ? null
        : t("rows_per_second", { n: formatNumber(Math.round(progress.rows_per_second)) });
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-2xl px-6 py-14 max-md:px-4 max-md:py-8">
        <h2 className="text-lg font-semibold break-words">{title}</h2>
        <p className="mt-1 text-muted">{item.state === "checking" ? t("checking_text") : t("running_text")}</p>
        <div className="mt-6">
          <Progress value={running ? progress.share : null} label={title} />
          <div className="mt-2 flex justify-between gap-4 text-xs text-muted">
            <span>{detail}</span>
            {running && progress.share !== null ? <span>{formatPercent(progress.share)}</span> : null}
          </div>
        </div>
        {running ? (
          <div className="mt-8">
            <CountTiles counts={progressCounts(item)} users={progress.users_created} />
          </div>
        ) : null}
        {item.state === "undoing" ? null : (
          <Button className="mt-8" busy={busy} disabled={item.cancel_requested} onClick={() => void stop()}>
            {running ? t("stop") : t("cancel")}
          </Button>
        )}
      </div>
    </div>
  );
}

export function progressCounts({ progress }: Pick<Import, "progress">) {
  const { read, created, updated, unchanged, rejected, adjusted, related_created: related } = progress;
  return { read, created, updated, unchanged, rejected, adjusted, related };
}
