import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { CircleAlert, SearchX, WifiOff } from "lucide-react";
import { asProblem } from "@/api";
import { Button, buttonClass, EmptyState } from "@/ui";
import { t } from "./texts";

/** What a page shows when it can't be shown. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const problem = asProblem(error);
  if (problem.code === "not_found") return <NotFoundPage />;
  const offline = problem.code === "offline";
  return (
    <EmptyState
      className="h-full"
      icon={offline ? <WifiOff size={20} /> : <CircleAlert size={20} />}
      title={offline ? t("offline") : t("failed")}
      text={
        <>
          {problem.detail}
          {problem.requestId === null ? null : <span className="mt-1 block text-xs text-faint">{t("request", { id: problem.requestId })}</span>}
        </>
      }
      actions={
        <>
          <Button variant="primary" onClick={reset}>{t("try_again")}</Button>
          <Button onClick={() => location.reload()}>{t("reload")}</Button>
        </>
      }
    />
  );
}

export function NotFoundPage() {
  return (
    <EmptyState
      className="h-full"
      icon={<SearchX size={20} />}
      title={t("not_found")}
      text={t("not_found_text")}
      actions={<Link to="/" className={buttonClass("primary")}>{t("go_home")}</Link>}
    />
  );
}
