import { ArrowLeft, ArrowRight } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api";
import type { ObjectType } from "@/catalog";
import { formatNumber } from "@/format";
import { Banner, Button, Tabs } from "@/ui";
import { CountTiles } from "./count-tiles";
import { keepFile } from "./pending-file";
import { act } from "./queries";
import { SampleTable } from "./sample-table";
import { t } from "./texts";
import type { Import } from "./types";

type Tab = "created" | "updated" | "rejected";

/** What the dry run found, before anything is written. */
export function CheckStep({ item, object, onBack }: { item: Import; object: ObjectType; onBack: () => void }) {
  const report = item.dry_run;
  const [tab, setTab] = useState<Tab | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (report === null) return null;
  const { counts } = report;
  const good = counts.created + counts.updated;
  const shown: Tab = tab ?? (counts.rejected > 0 && good === 0 ? "rejected" : counts.created > 0 || counts.updated === 0 ? "created" : "updated");
  const start = async () => {
    setBusy(true);
    try {
      await act(item.id, "start");
      // It is not needed for another try any more.
      keepFile(null);
    } catch (error) {
      setFailure(asProblem(error).detail);
      setBusy(false);
    }
  };
  const label = (text: string, count: number) => (
    <span>
      {text} <span className="text-faint">{formatNumber(count)}</span>
    </span>
  );
  const table = (kind: Tab) => <SampleTable kind={kind} samples={report[kind]} all={counts[kind]} object={object} />;
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-5xl flex-col gap-6 px-6 py-8 max-md:px-4 max-md:py-6">
          <div>
            <h2 className="text-lg font-semibold">{t("checked")}</h2>
            <p className="text-muted">{t("checked_text")}</p>
          </div>
          {failure === null ? null : <Banner kind="error">{failure}</Banner>}
          {good === 0 ? <Banner kind="warning">{t("nothing_to_do")}</Banner> : null}
          {report.approximate ? <Banner>{t("approximate")}</Banner> : null}
          <div>
            <CountTiles counts={counts} users={report.users} ahead />
          </div>
          <Tabs<Tab>
            label={t("samples")}
            value={shown}
            onChange={setTab}
            tabs={[
              { value: "created", label: label(t("tab_created"), counts.created), panel: table("created") },
              { value: "updated", label: label(t("tab_updated"), counts.updated), panel: table("updated") },
              { value: "rejected", label: label(t("tab_rejected"), counts.rejected), panel: table("rejected") },
            ]}
          />
        </div>
      </div>
      <footer className="flex shrink-0 items-center justify-between gap-3 border-t border-line bg-bg px-6 py-3 max-md:px-4">
        <Button size="lg" icon={<ArrowLeft size={15} />} onClick={onBack}>{t("back")}</Button>
        <Button variant="primary" size="lg" busy={busy} disabled={good + counts.unchanged === 0} onClick={() => void start()}>
          {t("start", { count: good + counts.unchanged, n: formatNumber(good + counts.unchanged) })}
          <ArrowRight size={15} />
        </Button>
      </footer>
    </>
  );
}
