import { Link } from "@tanstack/react-router";
import { CircleAlert, Lock, SearchX } from "lucide-react";
import type { ApiProblem } from "@/api";
import type { ObjectType } from "@/catalog";
import { Button, buttonClass, EmptyState } from "@/ui";
import { t } from "./texts";

/** What stands in a record's place when it can't be shown. */
export function AbsentRecord({ object, problem, retry }: { object: ObjectType; problem: ApiProblem; retry: () => void }) {
  const noun = { object: object.label.toLowerCase() };
  const list = (
    <Link to="/objects/$object" params={{ object: object.plural }} className={buttonClass("primary")}>
      {t("go_list", { objects: object.label_plural.toLowerCase() })}
    </Link>
  );
  if (problem.code === "not_found") {
    return (
      <EmptyState
        className="h-full"
        icon={<SearchX size={20} />}
        title={t("gone", noun)}
        text={t("gone_text")}
        actions={<>{list}<Link to="/bin" className={buttonClass()}>{t("go_bin")}</Link></>}
      />
    );
  }
  if (problem.status === 403) return <EmptyState className="h-full" icon={<Lock size={20} />} title={t("forbidden", noun)} text={problem.detail} actions={list} />;
  return <EmptyState className="h-full" icon={<CircleAlert size={20} />} title={t("failed")} text={problem.detail} actions={<Button variant="primary" onClick={retry}>{t("try_again")}</Button>} />;
}
