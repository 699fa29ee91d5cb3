import { useNavigate } from "@tanstack/react-router";
import { CloudOff } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { replayEdits, useWaitingEdits } from "@/edit";
import { useStreamState } from "@/live";
import { toast } from "@/ui";
import { t } from "./texts";

/** A connection that comes back sooner than this is not worth a word, in milliseconds. */
const PATIENCE = 2_500;

/** Says that the server can't be reached and what waits for it; sends that when it is there again. */
export function OfflineBanner() {
  const lost = useIsLost();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const waiting = useWaitingEdits();
  useReplay();
  return (
    <div role="status" className="shrink-0">
      {lost ? (
        <p className="flex items-center gap-2 border-b border-line bg-warning-soft px-4 py-1.5 text-warning-text">
          <CloudOff size={14} className="shrink-0" aria-hidden="true" />
          <span>
            {online ? t("lost") : t("offline")} {waiting.length === 0 ? t("shown") : t("waits", { count: waiting.length })}
          </span>
        </p>
      ) : null}
    </div>
  );
}

function useIsLost(): boolean {
  const state = useStreamState();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (state !== "lost") return;
    const timer = setTimeout(() => setLong(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [state]);
  return state === "lost" && (long || !online);
}

/** Sends what waits whenever the server is there again. */
function useReplay(): void {
  const state = useStreamState();
  const navigate = useNavigate();
  useEffect(() => {
    if (state !== "live") return;
    void replayEdits().then(({ saved, refused }) => {
      if (saved > 0) toast({ title: t("saved", { count: saved }), kind: "success" });
      for (const { object, record, name } of refused.slice(0, 5)) {
        const open = () => void navigate({ to: "/objects/$object/$id", params: { object, id: record } });
        toast({ title: t("not_saved", { name }), kind: "error", action: { label: t("open"), run: open } });
      }
    });
  }, [state, navigate]);
}

function subscribe(listener: () => void) {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
