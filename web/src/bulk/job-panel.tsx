import { useCatalog } from "@/catalog";
import { formatNumber } from "@/format";
import { Button, Progress } from "@/ui";
import { stopJob, useJobs } from "./jobs";
import { t } from "./texts";

/** How far bulk changes are, on whatever page one is. */
export function JobPanel() {
  const jobs = useJobs();
  const catalog = useCatalog();
  if (jobs.length === 0) return null;
  return (
    <div className="fixed right-4 bottom-4 z-30 flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2 max-md:bottom-18">
      {jobs.map((job) => {
        const objects = catalog.object(job.object)?.label_plural.toLowerCase() ?? job.object;
        const title = job.state === "undoing" ? t("working_undo") : t(`working_${job.action}`, { objects });
        return (
          <div key={job.id} className="rounded-lg border border-line-strong bg-raised p-3 shadow-lg">
            <div className="flex items-center justify-between gap-3 pb-2">
              <span className="truncate font-medium">{title}</span>
              {job.state === "undoing" ? null : <Button size="sm" variant="ghost" onClick={() => void stopJob(job)}>{t("stop")}</Button>}
            </div>
            <Progress value={job.total === null || job.total === 0 ? null : job.done / job.total} label={title} />
            <p className="pt-1.5 text-xs text-muted">{job.total === null ? t("collecting") : t("progress", { done: formatNumber(job.done), total: formatNumber(job.total) })}</p>
          </div>
        );
      })}
    </div>
  );
}
