import { type Field, fieldOf, isSystem, type ObjectType } from "@/catalog";
import { formatNumber } from "@/format";
import { displayText, isEmpty } from "@/values";
import { t } from "./texts";
import type { Reason, Sample } from "./types";

export interface SampleTableProps {
  kind: "created" | "updated" | "rejected";
  samples: readonly Sample[];
  all: number;
  object: ObjectType;
}

/** Some of the rows, and what would become of them. */
export function SampleTable({ kind, samples, all, object }: SampleTableProps) {
  if (samples.length === 0) return <p className="py-6 text-muted">{t(`none_${kind}`)}</p>;
  return (
    <div className="pt-3">
      {all > samples.length ? <p className="pb-2 text-xs text-faint">{t("samples_of", { n: samples.length, all: formatNumber(all) })}</p> : null}
      <ul className="divide-y divide-line">
        {samples.map((sample) => (
          <li key={sample.row} className="grid grid-cols-[64px_minmax(0,1fr)_minmax(0,3fr)] gap-x-4 gap-y-1 py-2.5 max-md:grid-cols-[56px_minmax(0,1fr)]">
            <span className="text-faint">{`${t("row")} ${formatNumber(sample.row)}`}</span>
            <span className="truncate font-medium" dir="auto">{sample.name ?? (kind === "rejected" ? "" : <span className="text-faint">{t("no_name")}</span>)}</span>
            <div className="min-w-0 max-md:col-span-2">{kind === "rejected" ? <Reasons reasons={sample.reasons ?? []} /> : <Changes sample={sample} object={object} showFrom={kind === "updated"} />}</div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Changes({ sample, object, showFrom }: { sample: Sample; object: ObjectType; showFrom: boolean }) {
  const changes = (sample.changes ?? []).flatMap((change) => {
    const field = fieldOf(object, change.field);
    return field === undefined || field.read_only || isSystem(field) || (field.name === "name" && !showFrom) || (isEmpty(change.to) && !showFrom) ? [] : [{ ...change, field }];
  });
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1">
      {changes.map(({ field, from, to }) => (
        <div key={field.name} className="flex max-w-full min-w-0 gap-1.5">
          <dt className="shrink-0 text-faint">{field.label}</dt>
          <dd className="min-w-0 truncate" dir="auto">
            {showFrom && !isEmpty(from) ? <del className="mr-1 text-faint">{short(field, from)}</del> : null}
            {short(field, to)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function short(field: Field, value: unknown): string {
  // Links have no names before they are read back: nothing that a person would know.
  const shown = typeof value === "object" && value !== null && "id" in value && !("name" in value) ? "✓" : displayText(field, value);
  return shown === "" ? "—" : shown;
}

function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {reasons.map((reason, place) => (
        <li key={place} className="break-words">
          {reason.column ?? reason.field ? <span className="font-medium">{reason.column ?? reason.field} </span> : null}
          <span className="text-danger-text">{reason.message}</span>
          {reason.value === undefined ? null : <code className="ml-1.5 rounded-sm bg-sunken px-1 text-xs" dir="auto">{reason.value === "" ? "“”" : reason.value}</code>}
        </li>
      ))}
    </ul>
  );
}
