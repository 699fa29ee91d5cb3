import { Home } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import { useCatalog } from "@/catalog";
import { clockAt, formatLongDate, today } from "@/format";
import { TopBar } from "@/shell";
import { DealsAttention } from "./deals-attention";
import { LatestNotes } from "./latest-notes";
import { MyTasks } from "./my-tasks";
import { PipelineGlance } from "./pipeline-glance";
import { RecentRecords } from "./recent-records";
import { t } from "./texts";
import { useHasRecords, Welcome } from "./welcome";

/** Where the day begins: what is to do, what stands still, and where one was. */
export function HomePage() {
  const { user } = useSession();
  const deals = useCatalog().object("deal");
  const hasRecords = useHasRecords();
  const [[, time]] = useState(() => clockAt(new Date().toISOString()));
  const greeting = time < "12:00" ? "morning" : time < "18:00" ? "afternoon" : "evening";
  return (
    <>
      <TopBar title={t("home")} icon={<Home size={15} />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-5xl flex-col gap-8 px-6 pt-6 pb-16 max-md:px-4">
          <div>
            <p className="text-xl font-semibold" dir="auto">{t(greeting, { name: user.name.split(" ")[0] ?? user.name })}</p>
            <p className="text-muted">{formatLongDate(today())}</p>
          </div>
          {hasRecords === false ? <Welcome /> : null}
          {deals === undefined || deals.retired || hasRecords === false ? null : <PipelineGlance object={deals} />}
          <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,20rem)] gap-x-10 gap-y-8 max-lg:grid-cols-1">
            <div className="flex min-w-0 flex-col gap-8">
              <MyTasks />
              {deals === undefined || deals.retired || hasRecords === false ? null : <DealsAttention object={deals} />}
            </div>
            <div className="flex min-w-0 flex-col gap-8">
              <RecentRecords />
              <LatestNotes />
            </div>
          </div>
        </div>
      </div>
    </>
  );
}
