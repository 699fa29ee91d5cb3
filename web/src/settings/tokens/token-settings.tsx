import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, asProblem, type components, done, queryClient, take } from "@/api";
import { formatDate, formatFullDateTime, formatRelative } from "@/format";
import { Badge, Button, buttonClass, confirm, EmptyState, toast } from "@/ui";
import { Pending, SettingsBody } from "../parts";
import { t } from "../texts";
import { scopeLabel } from "./scopes";
import { TokenDialog } from "./token-dialog";

type Token = components["schemas"]["ApiToken"];

const KEY = ["tokens"];

export function TokenSettings() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => take(api.GET("/tokens", {})) });
  const [creating, setCreating] = useState(false);
  const revoke = async (token: Token) => {
    if (!(await confirm({ title: t("revoke_title", { name: token.name }), text: t("revoke_text"), action: t("revoke"), danger: true }))) return;
    try {
      await done(api.DELETE("/tokens/{id}", { params: { path: { id: token.id } } }));
      toast({ title: t("revoked", { name: token.name }) });
    } catch (failure) {
      toast({ title: asProblem(failure).detail, kind: "error" });
    }
    await refetch();
  };
  const tokens = data?.data ?? [];
  const create = <Button variant="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>{t("create_token")}</Button>;
  return (
    <SettingsBody
      wide
      title={t("tokens")}
      text={t("tokens_text")}
      actions={
        <>
          <a href="/api/docs" target="_blank" rel="noreferrer" className={buttonClass("ghost")}>{t("api_docs")}</a>
          {create}
        </>
      }
    >
      {data === undefined ? (
        <Pending error={error} onRetry={() => void refetch()} />
      ) : tokens.length === 0 ? (
        <EmptyState icon={<KeyRound size={20} />} title={t("no_tokens")} text={t("no_tokens_text")} />
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {tokens.map((token) => (
            <li key={token.id} className="flex min-h-12 items-center gap-3 py-2 max-md:flex-wrap">
              <div className="min-w-0 flex-1 max-md:basis-full">
                <p className="truncate font-medium" dir="auto">{token.name}</p>
                <p className="truncate text-xs text-faint">
                  {`…${token.last_four} · `}
                  {token.last_used_at === null ? t("never_used") : <span title={formatFullDateTime(token.last_used_at)}>{t("used", { when: formatRelative(token.last_used_at) })}</span>}
                  {" · "}
                  {token.expires_at === null ? t("never_expires") : t("expires", { when: formatDate(token.expires_at.slice(0, 10)) })}
                </p>
              </div>
              <span className="flex flex-wrap gap-1">{token.scopes.map((scope) => <Badge key={scope}>{scopeLabel(scope)}</Badge>)}</span>
              <Button size="sm" aria-label={`${t("revoke")} ${token.name}`} onClick={() => void revoke(token)}>{t("revoke")}</Button>
            </li>
          ))}
        </ul>
      )}
      {creating ? (
        <TokenDialog
          onClose={() => {
            setCreating(false);
            void queryClient.invalidateQueries({ queryKey: KEY });
          }}
        />
      ) : null}
    </SettingsBody>
  );
}
