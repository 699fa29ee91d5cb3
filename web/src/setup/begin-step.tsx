import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, Check, Copy, FileUp, Rows3, Sparkles } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api, type ApiProblem, asProblem, take } from "@/api";
import { Banner, Button, Spinner } from "@/ui";
import { t } from "./texts";

/** What fills the new workspace: a file, invented records, or nothing yet. */
export function BeginStep({ apiToken }: { apiToken: string }) {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const loadSample = async () => {
    setBusy(true);
    try {
      await take(api.POST("/demo", { body: {} }));
      await navigate({ to: "/settings/$section", params: { section: "demo" } });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-2.5">
      {problem === null ? null : <Banner kind="error">{problem.detail}</Banner>}
      <Choice icon={<FileUp size={18} />} title={t("import")} text={t("import_text")} disabled={busy} onClick={() => void navigate({ to: "/import" })} />
      <Choice icon={busy ? <Spinner /> : <Sparkles size={18} />} title={t("sample")} text={t("sample_text")} disabled={busy} onClick={() => void loadSample()} />
      <Choice icon={<Rows3 size={18} />} title={t("empty")} text={t("empty_text")} disabled={busy} onClick={() => void navigate({ to: "/" })} />
      <ApiToken token={apiToken} />
    </div>
  );
}

function Choice({ icon, title, text, disabled, onClick }: { icon: ReactNode; title: string; text: string; disabled: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onClick}
      className="group flex items-center gap-3.5 rounded-xl border border-line-strong px-3.5 py-3 text-left shadow-sm transition-colors hover:border-accent-line hover:bg-hover disabled:opacity-60"
    >
      <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent-text">{icon}</span>
      <span className="min-w-0 flex-1">
        <span className="block text-base font-medium">{title}</span>
        <span className="block text-muted">{text}</span>
      </span>
      <ArrowRight size={16} className="shrink-0 text-faint transition-transform group-hover:translate-x-0.5" aria-hidden="true" />
    </button>
  );
}

/** The server gives a first token for scripts, in this answer only. */
function ApiToken({ token }: { token: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(token);
    setCopied(true);
  };
  return (
    <details className="mt-3 text-muted">
      <summary className="w-fit rounded-sm text-xs text-faint hover:text-text">{t("token")}</summary>
      <p className="mt-2 text-xs">{t("token_text")}</p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 flex-1 truncate rounded-md border border-line bg-sunken px-2 py-1 text-xs text-text">{token}</code>
        <Button size="sm" icon={copied ? <Check size={13} /> : <Copy size={13} />} onClick={() => void copy()}>{copied ? t("copied") : t("copy")}</Button>
      </div>
    </details>
  );
}
