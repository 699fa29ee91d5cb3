import { useEffect, useState } from "react";
import { api, asProblem, take, type User } from "@/api";
import { formatDateTime } from "@/format";
import { Banner, Button, Dialog, Skeleton } from "@/ui";
import { CopyBox } from "../parts";
import { t } from "../texts";

/** A link to set a password with, shown once, for an administrator to pass on. */
export function LinkDialog({ user, onClose }: { user: User; onClose: () => void }) {
  // An old link ceases to work, so for people with a password it is made only when asked for.
  const [wanted, setWanted] = useState(!user.has_password);
  const [link, setLink] = useState<{ url: string; expires: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let left = false;
    take(api.POST("/users/{id}/activation-link", { params: { path: { id: user.id } } })).then(
      (made) => {
        if (!left && made.url !== null) setLink({ url: made.url, expires: made.expires_at });
      },
      (error: unknown) => {
        if (!left) setProblem(asProblem(error).detail);
      },
    );
    return () => {
      left = true;
    };
  }, [wanted, user.id]);
  return (
    <Dialog open onClose={onClose} title={t("link_title", { name: user.name })} description={user.has_password ? t("link_text_again") : t("link_text", { name: user.name })}>
      <div className="flex flex-col gap-4">
        {problem === null ? null : <Banner kind="error">{problem}</Banner>}
        {link !== null ? (
          <div>
            <CopyBox text={link.url} label={t("activation_link")} />
            <p className="mt-1.5 text-xs text-faint">{t("link_expires", { when: formatDateTime(link.expires) })}</p>
          </div>
        ) : wanted && problem === null ? (
          <Skeleton className="h-8 w-full" />
        ) : null}
        <div className="flex justify-end gap-2">
          {wanted ? (
            <Button variant="primary" onClick={onClose}>{t("done")}</Button>
          ) : (
            <>
              <Button onClick={onClose}>{t("cancel")}</Button>
              <Button variant="primary" onClick={() => setWanted(true)}>{t("make_link")}</Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}
