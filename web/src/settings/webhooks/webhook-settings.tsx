import { useQuery } from "@tanstack/react-query";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { Button, EmptyState } from "@/ui";
import { Pending, SettingsBody, useAdministrator } from "../parts";
import { DeliveryLog } from "./delivery-log";
import { SecretDialog } from "./secret-dialog";
import { t } from "./texts";
import { WebhookDialog } from "./webhook-dialog";
import { WebhookRow } from "./webhook-row";
import { type Webhook, webhooksQuery } from "./webhooks";

/** Where events are posted to, for administrators; with an item, the deliveries of one of them. */
export function WebhookSettings({ item }: { item: string | undefined }) {
  const { isAdministrator, reason } = useAdministrator();
  const { data, error, refetch } = useQuery({ ...webhooksQuery, enabled: isAdministrator });
  const [editing, setEditing] = useState<Webhook | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  if (item !== undefined && isAdministrator) {
    const webhook = data?.data.find(({ id }) => id === item);
    if (webhook !== undefined) return <DeliveryLog webhook={webhook} />;
    return <SettingsBody title={t("webhooks")}>{data === undefined ? <Pending error={error} onRetry={() => void refetch()} /> : <EmptyState title={t("not_found")} />}</SettingsBody>;
  }
  const create = isAdministrator ? <Button variant="primary" icon={<Plus size={14} />} onClick={() => setEditing("new")}>{t("create")}</Button> : undefined;
  const webhooks = data?.data ?? [];
  return (
    <SettingsBody wide title={t("webhooks")} text={t("webhooks_text")} reason={reason} actions={create}>
      {!isAdministrator ? null : data === undefined ? (
        <Pending error={error} onRetry={() => void refetch()} />
      ) : webhooks.length === 0 ? (
        <EmptyState icon={<WebhookIcon size={20} />} title={t("none")} text={t("none_text")} />
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {webhooks.map((webhook) => <li key={webhook.id}><WebhookRow webhook={webhook} onEdit={() => setEditing(webhook)} onSecret={setSecret} /></li>)}
        </ul>
      )}
      {editing === null ? null : (
        <WebhookDialog
          webhook={editing === "new" ? null : editing}
          onClose={(made) => {
            setEditing(null);
            if (made !== undefined) setSecret(made);
          }}
        />
      )}
      {secret === null ? null : <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </SettingsBody>
  );
}
