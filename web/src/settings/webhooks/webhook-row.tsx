import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, History, KeyRound, Pencil, Power, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { asProblem, queryClient } from "@/api";
import { useCatalog } from "@/catalog";
import { toastUndo } from "@/commands";
import { formatRelative } from "@/format";
import { Badge, confirm, IconButton, Menu, MenuItem, MenuSeparator, Spinner, toast } from "@/ui";
import { t } from "./texts";
import { changeWebhook, deleteWebhook, refreshWebhooks, rotateSecret, testWebhook, type Webhook, webhooksQuery } from "./webhooks";

/** A webhook in the list, with what can be done with it. */
export function WebhookRow({ webhook, onEdit, onSecret }: { webhook: Webhook; onEdit: () => void; onSecret: (secret: string) => void }) {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const object = webhook.object === null ? t("all_objects") : (catalog.object(webhook.object)?.label_plural ?? webhook.object);
  const events = webhook.events.length === 0 ? t("any_event") : webhook.events.map((verb) => t(verb).toLowerCase()).join(", ");
  const act = async (action: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
    await refreshWebhooks();
    setBusy(false);
  };
  return (
    <div className="flex min-h-14 items-center gap-3 py-2">
      <div className="min-w-0 flex-1">
        <Link to="/settings/$section/$item" params={{ section: "webhooks", item: webhook.id }} className="block truncate rounded-sm font-medium hover:underline">{webhook.url}</Link>
        <p className="truncate text-xs text-muted" dir="auto">
          {t("summary", { object, events })}
          {webhook.description === "" ? "" : ` · ${webhook.description}`}
        </p>
        <Trouble webhook={webhook} />
      </div>
      {busy ? <Spinner /> : null}
      <Badge color={webhook.active ? "green" : "gray"}>{t(webhook.active ? "on" : "off")}</Badge>
      <Menu align="end" trigger={<IconButton label={t("actions", { url: webhook.url })} icon={<Ellipsis size={16} />} />}>
        <MenuItem icon={<History size={14} />} onSelect={() => void navigate({ to: "/settings/$section/$item", params: { section: "webhooks", item: webhook.id } })}>{t("log")}</MenuItem>
        <MenuItem icon={<Send size={14} />} onSelect={() => void act(() => test(webhook))}>{t("test")}</MenuItem>
        <MenuItem icon={<Pencil size={14} />} onSelect={onEdit}>{t("edit")}</MenuItem>
        <MenuItem icon={<KeyRound size={14} />} onSelect={() => void rotate(webhook, act, onSecret)}>{t("rotate")}</MenuItem>
        <MenuItem icon={<Power size={14} />} onSelect={() => void act(() => toggle(webhook))}>{t(webhook.active ? "switch_off" : "switch_on")}</MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => void remove(webhook, act)}>{t("delete")}</MenuItem>
      </Menu>
    </div>
  );
}

/** Why it is off, or since when it fails. */
export function Trouble({ webhook }: { webhook: Webhook }) {
  const { active, disabled_reason: reason, failing_since: since } = webhook;
  if (!active && reason !== null) return <p className="text-xs text-danger-text">{t(`disabled_${reason}`)}</p>;
  if (active && since !== null) return <p className="text-xs text-warning-text">{t("failing", { when: formatRelative(since) })}</p>;
  return null;
}

async function test(webhook: Webhook): Promise<void> {
  const { state, log } = await testWebhook(webhook);
  const last = log.at(-1);
  if (state === "delivered") toast({ title: t("tested", { status: last?.status ?? "" }), kind: "success" });
  else toast({ title: t("test_failed"), text: last?.error ?? (last?.status === null ? t("no_answer") : `${t("answer")} ${last?.status ?? ""}`), kind: "error" });
}

async function rotate(webhook: Webhook, act: (action: () => Promise<unknown>) => Promise<void>, onSecret: (secret: string) => void): Promise<void> {
  if (!(await confirm({ title: t("rotate_title", { url: webhook.url }), text: t("rotate_text"), action: t("rotate") }))) return;
  await act(async () => {
    const { secret } = await rotateSecret(webhook);
    if (secret !== undefined) onSecret(secret);
  });
}

async function toggle(webhook: Webhook): Promise<void> {
  await changeWebhook(webhook, { active: !webhook.active });
  if (!webhook.active) return;
  toastUndo(t("switched_off", { url: webhook.url }), async () => {
    const current = (await queryClient.fetchQuery({ ...webhooksQuery, staleTime: 0 })).data.find(({ id }) => id === webhook.id);
    if (current !== undefined) await changeWebhook(current, { active: true });
    await refreshWebhooks();
  });
}

async function remove(webhook: Webhook, act: (action: () => Promise<unknown>) => Promise<void>): Promise<void> {
  if (!(await confirm({ title: t("delete_title", { url: webhook.url }), text: t("delete_text"), action: t("delete"), danger: true }))) return;
  await act(async () => {
    await deleteWebhook(webhook);
    toast({ title: t("was_deleted") });
  });
}
