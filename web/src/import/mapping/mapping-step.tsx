import { useNavigate } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useMemo, useState } from "react";
import { asProblem } from "@/api";
import { type ObjectType, useCatalog } from "@/catalog";
import { Banner, Button, Checkbox, Input } from "@/ui";
import { act } from "../queries";
import { targetsOf } from "../targets";
import { t } from "../texts";
import type { Import } from "../types";
import { ColumnRow } from "./column-row";
import { FileFormat } from "./file-format";
import { FixedValues } from "./fixed-values";
import { Strategy } from "./strategy";
import { usePlan } from "./use-plan";

/** From how many columns on they can be searched. */
const MANY = 12;

/** What becomes of the file's columns. */
export function MappingStep({ item, object }: { item: Import; object: ObjectType }) {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const planning = usePlan(item);
  const targets = useMemo(() => targetsOf(catalog, object), [catalog, object]);
  const [wanted, setWanted] = useState("");
  const [onlyOpen, setOnlyOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { analysis } = item;
  const mapped = new Set(planning.rows.filter((row) => typeof row.field === "string").map((row) => row.column)).size;
  const general = planning.problem?.errors.filter((error) => !/^columns\[\d|^by$|^set\./.test(error.field)) ?? [];
  const check = async () => {
    setBusy(true);
    setFailure(null);
    try {
      if (await planning.flush()) {
        await act(item.id, "dry-run");
        await navigate({ to: "/import/$id", params: { id: item.id }, search: {} });
      }
    } catch (error) {
      setFailure(asProblem(error).detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-5xl flex-col gap-6 px-6 py-6 max-md:px-4">
          {item.preset === null ? null : <Banner>{t("preset", { system: item.preset })}</Banner>}
          {analysis.warnings.length > 0 ? <Warnings warnings={analysis.warnings} /> : null}
          <FileFormat item={item} planning={planning} />
          <Strategy object={object} planning={planning} />
          <section aria-label={t("step_map")}>
            {analysis.columns.length >= MANY ? (
              <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
                <Input aria-label={t("find_column")} placeholder={t("find_column")} value={wanted} onChange={(event) => setWanted(event.target.value)} className="max-w-60" />
                <span className="flex items-center gap-2">
                  <Checkbox checked={onlyOpen} onChange={setOnlyOpen} label={t("show_unmapped")} />
                  <span aria-hidden="true">{t("show_unmapped")}</span>
                </span>
              </div>
            ) : null}
            <div className="grid grid-cols-[minmax(0,5fr)_24px_minmax(0,4fr)_28px] items-center gap-x-3 border-b border-line pb-2 text-xs font-medium text-muted max-md:hidden">
              <span>{t("column")}</span>
              <span />
              <span>{t("field")}</span>
              <span />
            </div>
            {planning.rows.map((row, place) => {
              const column = analysis.columns.find((one) => one.name === row.column);
              if (column === undefined || !column.name.toLowerCase().includes(wanted.toLowerCase()) || (onlyOpen && typeof row.field === "string")) return null;
              const again = planning.rows[place - 1]?.column === row.column;
              return <ColumnRow key={place} place={place} row={row} column={column} again={again} targets={targets} planning={planning} rowsSampled={analysis.rows_sampled} />;
            })}
          </section>
          <FixedValues planning={planning} targets={targets} />
        </div>
      </div>
      <footer className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-t border-line bg-bg px-6 py-3 max-md:px-4">
        <p className="text-muted" aria-live="polite">
          {t("mapped", { count: mapped, all: analysis.columns.length })}
          {planning.saving ? <span className="ml-2 text-faint">{t("saving")}</span> : null}
        </p>
        {failure !== null || general.length > 0 ? (
          <p role="alert" className="min-w-0 flex-1 text-danger-text">{failure ?? general.map((error) => error.message).join(" ")}</p>
        ) : null}
        <Button variant="primary" size="lg" busy={busy} disabled={mapped === 0} onClick={() => void check()} className="ml-auto">
          {t("check")}
          <ArrowRight size={15} />
        </Button>
      </footer>
    </>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  return (
    <Banner kind="warning">
      {warnings.length === 1 ? (
        warnings[0]
      ) : (
        <details>
          <summary>{t("warnings", { count: warnings.length })}</summary>
          <ul className="mt-1 list-disc pl-4">
            {warnings.slice(0, 20).map((warning, place) => <li key={place}>{warning}</li>)}
          </ul>
        </details>
      )}
    </Banner>
  );
}
