import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { aggregate, type Group, keys, type Metric } from "@/api";
import { type ObjectType, usePipelines } from "@/catalog";
import { formatMoney, formatNumber, isMoney, type Money } from "@/format";
import { Select } from "@/ui";
import { isLinked } from "@/values";
import { Section, SECTION_LINK } from "./section";
import { t } from "./texts";

/** The stages of a pipeline with what lies in each; a click leads to the board. */
export function PipelineGlance({ object }: { object: ObjectType }) {
  const search = useSearch({ from: "/app/" });
  const navigate = useNavigate({ from: "/" });
  const pipelines = usePipelines();
  const pipeline = pipelines?.find(({ id }) => id === search.pipeline) ?? pipelines?.find(({ isDefault }) => isDefault) ?? pipelines?.[0];
  const request = { group_by: "stage", metrics: "count,sum(amount),weighted_sum(amount)", filter: `pipeline == "${pipeline?.id}" && stage.kind == "open"` };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.aggregate(object.plural, request),
    enabled: pipeline !== undefined,
    queryFn: ({ signal }) => aggregate(object.plural, request, signal),
  });
  const groups = new Map((data?.groups ?? []).map((group) => [isLinked(group.key.stage) ? group.key.stage.id : "", group] as const));
  const open = pipeline?.stages.filter(({ kind }) => kind === "open") ?? [];
  const most = Math.max(1, ...open.map(({ id }) => groups.get(id)?.count ?? 0));
  const board = pipeline === undefined ? undefined : { kind: "board" as const, pipeline: pipeline.id };
  return (
    <Section
      title={t("pipeline")}
      loading={pipelines === undefined || (pipeline !== undefined && isPending)}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      action={
        <>
          {pipelines !== undefined && pipelines.length > 1 ? (
            <Select
              label={t("choose_pipeline")}
              value={pipeline?.id ?? null}
              onChange={(next) => void navigate({ search: (now) => ({ ...now, pipeline: next }), replace: true })}
              className="h-7! w-auto! max-w-40 text-xs!"
              choices={pipelines.map(({ id, name }) => ({ value: id, label: name }))}
            />
          ) : null}
          {board === undefined ? null : <Link to="/objects/$object" params={{ object: object.plural }} search={board} className={SECTION_LINK}>{t("open_board")}</Link>}
        </>
      }
    >
      {pipeline === undefined ? (
        <p className="text-muted">{t("no_pipeline")}</p>
      ) : (
        <div className="flex gap-px overflow-x-auto rounded-lg border border-line bg-line">
          {open.map((stage) => {
            const group = groups.get(stage.id);
            const count = group?.count ?? 0;
            return (
              <Link
                key={stage.id}
                to="/objects/$object"
                params={{ object: object.plural }}
                search={board ?? {}}
                className="ring-inset-focus flex min-w-36 flex-1 flex-col bg-bg px-4 py-3 first:rounded-l-lg last:rounded-r-lg hover:bg-hover"
              >
                <span className="truncate text-xs font-medium text-muted">{stage.name}</span>
                <span className="mt-1 truncate text-lg font-semibold">{sumText(group?.sum?.amount, group) ?? formatNumber(count)}</span>
                <span className="truncate text-xs text-faint">
                  {t("deals", { count })}
                  {weighted(group)}
                </span>
                <span className="mt-3 h-1 overflow-hidden rounded-full bg-pressed" aria-hidden="true">
                  <span className="block h-full rounded-full bg-accent" style={{ width: `${(count / most) * 100}%` }} />
                </span>
              </Link>
            );
          })}
        </div>
      )}
    </Section>
  );
}

function weighted(group: Group | undefined): string {
  const text = sumText(group?.weighted_sum?.amount, group);
  return text === null ? "" : ` · ${t("weighted")} ${text}`;
}

/** A sum in its currency; null where there is none, or several. */
function sumText(metric: Metric | undefined, group: Group | undefined): string | null {
  const money = moneyOf(metric, group);
  return money === null ? null : formatMoney(money, { compact: true });
}

function moneyOf(metric: Metric | undefined, group: Group | undefined): Money | null {
  if (isMoney(metric)) return metric;
  const named = group?.currency;
  const currency = typeof named === "string" ? named : (named?.amount ?? null);
  if (metric === undefined || metric === null || currency === null || typeof metric === "object") return null;
  return { amount: String(metric), currency };
}
