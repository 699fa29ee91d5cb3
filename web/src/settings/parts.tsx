import { clsx } from "clsx";
import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { asProblem, useSession } from "@/api";
import { Banner, Button, Skeleton } from "@/ui";
import { t } from "./texts";

export interface SettingsBodyProps {
  title: ReactNode;
  text?: ReactNode;
  /** At the right of the title. */
  actions?: ReactNode;
  /** Why the person sees, but can't change. */
  reason?: string | undefined;
  wide?: boolean | undefined;
  children: ReactNode;
}

/** The column in which a section of the settings stands. */
export function SettingsBody({ title, text, actions, reason, wide, children }: SettingsBodyProps) {
  return (
    <div className={clsx("mx-auto w-full px-8 py-8 max-md:px-4 max-md:py-6", wide ? "max-w-4xl" : "max-w-2xl")}>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold" dir="auto">{title}</h2>
          {text === undefined ? null : <p className="mt-0.5 max-w-prose text-muted">{text}</p>}
        </div>
        {actions === undefined ? null : <div className="flex gap-2">{actions}</div>}
      </div>
      {reason === undefined ? null : <Banner className="mt-4">{reason}</Banner>}
      <div className="mt-6 flex flex-col gap-8">{children}</div>
    </div>
  );
}

/** A part of a section, under a heading of its own. */
export function Group({ title, text, actions, children }: { title: string; text?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-t border-line pt-6">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h3 className="font-semibold">{title}</h3>
          {text === undefined ? null : <p className="max-w-prose text-muted">{text}</p>}
        </div>
        {actions}
      </div>
      <div className="mt-4">{children}</div>
    </section>
  );
}

/** Whether the person may change the workspace, and the sentence that says why not. */
export function useAdministrator(): { isAdministrator: boolean; reason: string | undefined } {
  const isAdministrator = useSession().user.role === "administrator";
  return { isAdministrator, reason: isAdministrator ? undefined : t("only_administrators") };
}

/** What stands where something is loading, or could not be loaded. */
export function Pending({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error !== null && error !== undefined) {
    return <Banner kind="error" action={<Button size="sm" onClick={onRetry}>{t("try_again")}</Button>}>{asProblem(error).detail}</Banner>;
  }
  return (
    <div className="flex flex-col gap-2" role="status" aria-label={t("loading")}>
      {[0, 1, 2].map((place) => <Skeleton key={place} className="h-9 w-full" />)}
    </div>
  );
}

/** A secret or link that is shown once, to be copied. */
export function CopyBox({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="flex items-center gap-2">
      <input
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-sunken px-2.5 font-mono text-xs"
      />
      <Button className="h-8" icon={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => void copy()}>{copied ? t("copied") : t("copy")}</Button>
    </div>
  );
}
