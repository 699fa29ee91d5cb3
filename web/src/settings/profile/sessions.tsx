import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { api, asProblem, done, take } from "@/api";
import { formatFullDateTime, formatRelative } from "@/format";
import { Badge, Button, confirm, toast } from "@/ui";
import { Group, Pending } from "../parts";
import { t } from "../texts";
import { describeBrowser } from "./browser";

/** Where one is signed in, and the end of it. */
export function Sessions() {
  const { data, error, refetch } = useQuery({ queryKey: ["sessions"], queryFn: () => take(api.GET("/sessions")) });
  const [ending, setEnding] = useState<string | null>(null);
  const sessions = data?.data ?? [];
  const end = async (id: string | "others") => {
    if (id === "others" && !(await confirm({ title: t("end_others_title"), text: t("end_others_text"), action: t("end_others") }))) return;
    setEnding(id);
    try {
      await done(id === "others" ? api.DELETE("/sessions") : api.DELETE("/sessions/{id}", { params: { path: { id } } }));
      toast({ title: id === "others" ? t("others_ended") : t("session_ended") });
    } catch (failure) {
      toast({ title: asProblem(failure).detail, kind: "error" });
    } finally {
      setEnding(null);
      await refetch();
    }
  };
  return (
    <Group
      title={t("sessions")}
      text={t("sessions_text")}
      actions={sessions.length > 1 ? <Button busy={ending === "others"} onClick={() => void end("others")}>{t("end_others")}</Button> : undefined}
    >
      {data === undefined ? (
        <Pending error={error} onRetry={() => void refetch()} />
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {sessions.map((session) => {
            const browser = describeBrowser(session.user_agent);
            return (
              <li key={session.id} className="flex min-h-12 items-center gap-3 py-1.5">
                {browser.phone ? <Smartphone size={16} className="text-muted" aria-hidden="true" /> : <Monitor size={16} className="text-muted" aria-hidden="true" />}
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{browser.name === "" ? t("unknown_browser") : browser.name}</p>
                  <p className="truncate text-xs text-faint" title={formatFullDateTime(session.last_seen_at)}>
                    {session.ip === null ? null : `${session.ip} · `}
                    {t("seen", { when: formatRelative(session.last_seen_at) })}
                  </p>
                </div>
                {session.current ? <Badge color="green">{t("this_session")}</Badge> : <Button size="sm" busy={ending === session.id} onClick={() => void end(session.id)}>{t("end_session")}</Button>}
              </li>
            );
          })}
        </ul>
      )}
    </Group>
  );
}
