import { clsx } from "clsx";
import { formatNumber } from "@/format";
import { t } from "./texts";
import type { Counts } from "./types";

export interface CountTilesProps {
  counts: Counts;
  users: number;
  /** Whether it is yet to happen. */
  ahead?: boolean | undefined;
}

/** How many rows became what. */
export function CountTiles({ counts, users, ahead }: CountTilesProps) {
  const always = [
    { label: t("read"), value: counts.read },
    { label: ahead ? t("count_created") : t("created"), value: counts.created },
    { label: ahead ? t("count_updated") : t("updated"), value: counts.updated },
    { label: t("unchanged"), value: counts.unchanged },
    { label: ahead ? t("count_rejected") : t("rejected"), value: counts.rejected, bad: counts.rejected > 0 },
  ];
  const sometimes = [
    { label: ahead ? t("count_adjusted") : t("adjusted"), value: counts.adjusted },
    { label: ahead ? t("count_related") : t("related"), value: counts.related },
    { label: ahead ? t("count_users") : t("users"), value: users },
  ].filter((one) => one.value > 0);
  return (
    <>
      <dl className="grid grid-cols-5 divide-x divide-line rounded-xl border border-line max-md:grid-cols-2 max-md:divide-x-0 max-md:gap-y-1 max-md:py-1">
        {always.map(({ label, value, bad }) => (
          <div key={label} className="flex flex-col-reverse px-4 py-3 max-md:py-2">
            <dt className="truncate text-xs text-muted">{label}</dt>
            <dd className={clsx("text-lg font-semibold", bad ? "text-danger-text" : value === 0 && "text-faint")}>{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
      {sometimes.length === 0 ? null : (
        <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-muted">
          {sometimes.map(({ label, value }) => (
            <div key={label} className="flex gap-1.5">
              <dt>{label}</dt>
              <dd className="font-medium text-text">{formatNumber(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
