import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, Sparkles, Upload } from "lucide-react";
import { useState } from "react";
import { api, asProblem, take, useSession } from "@/api";
import { openQuickCreate } from "@/shell";
import { Button, buttonClass, EmptyState, toast } from "@/ui";
import { t } from "./texts";

/** Whether the workspace has any records of its own. Undefined until that is known. */
export function useHasRecords(): boolean | undefined {
  const { data } = useQuery({ queryKey: ["start"], staleTime: 30_000, queryFn: () => take(api.GET("/start")) });
  return data?.has_records;
}

/** What a workspace without records invites to. */
export function Welcome() {
  const { user } = useSession();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const loadSample = async () => {
    setBusy(true);
    try {
      await take(api.POST("/demo", { body: {} }));
      toast({ title: t("sample_started"), kind: "success" });
      await navigate({ to: "/settings/$section", params: { section: "demo" } });
    } catch (error) {
      toast({ title: t("sample_failed"), text: asProblem(error).detail, kind: "error" });
    }
    setBusy(false);
  };
  if (user.role === "read_only") return null;
  return (
    <EmptyState
      className="rounded-xl border border-dashed border-line-strong py-10!"
      title={t("welcome")}
      text={t("welcome_text")}
      actions={
        <>
          <Link to="/import" className={buttonClass("primary")}><Upload size={14} aria-hidden="true" />{t("import")}</Link>
          <Button icon={<Building2 size={14} />} onClick={() => openQuickCreate({ object: "company", values: {} })}>{t("create_company")}</Button>
          {user.role === "administrator" ? <Button icon={<Sparkles size={14} />} busy={busy} onClick={() => void loadSample()}>{t("sample")}</Button> : null}
        </>
      }
    />
  );
}
