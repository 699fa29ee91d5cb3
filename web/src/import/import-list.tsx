import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis, Trash2, Upload } from "lucide-react";
import { asProblem, useUsers } from "@/api";
import { useCatalog } from "@/catalog";
import { formatFullDateTime, formatNumber, formatRelative } from "@/format";
import { Badge, Banner, Button, buttonClass, confirm, EmptyState, IconButton, Menu, MenuItem, Skeleton, type TagColor, toast } from "@/ui";
import { forget, importsQuery } from "./queries";
import { t } from "./texts";
import { type ImportState, type ImportSummary, isBusy } from "./types";

const COLORS: Partial<Record<ImportState, TagColor>> = { completed: "green", failed: "red", running: "blue", checking: "blue", undoing: "blue", cancelled: "amber" };

/** The workspace's imports, newest first. */
export function ImportList({ most }: { most?: number | undefined }) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(importsQuery);
  if (isPending) {
    return (
      <div className="mt-3 flex flex-col gap-2">
        {[0, 1, 2].map((place) => <Skeleton key={place} className="h-9 w-full" />)}
      </div>
    );
  }
  if (error !== null && data === undefined) {
    return <Banner kind="error" className="mt-3" action={<Button size="sm" onClick={() => void refetch()}>{t("again_busy")}</Button>}>{asProblem(error).detail}</Banner>;
  }
  const all = data?.pages.flatMap((page) => page.data) ?? [];
  if (all.length === 0) {
    if (most !== undefined) return <p className="mt-2 text-muted">{t("list_empty")}</p>;
    return <EmptyState icon={<Upload size={20} />} title={t("list_empty")} text={t("list_empty_text")} actions={<Link to="/import" className={buttonClass("primary")}>{t("start_title")}</Link>} />;
  }
  return (
    <>
      <ul className="mt-2 divide-y divide-line border-y border-line">
        {all.slice(0, most).map((item) => <Row key={item.id} item={item} />)}
      </ul>
      {most === undefined && hasNextPage ? (
        <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("more")}</Button>
      ) : null}
    </>
  );
}

function Row({ item }: { item: ImportSummary }) {
  const catalog = useCatalog();
  const users = useUsers();
  const who = users.find((user) => user.id === item.created_by.id)?.name;
  const { progress } = item;
  const facts = [
    catalog.object(item.object)?.label_plural ?? item.object,
    progress.read > 0 ? `${formatNumber(progress.read)} ${t("read").toLowerCase()}` : null,
    progress.rejected > 0 ? `${formatNumber(progress.rejected)} ${t("rejected").toLowerCase()}` : null,
    who,
  ].filter(Boolean);
  const remove = async () => {
    if (!(await confirm({ title: t("forget_title"), text: t("forget_text"), action: t("forget_action"), danger: true }))) return;
    try {
      await forget(item.id);
      toast({ title: t("forgotten") });
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
  };
  return (
    <li className="relative flex min-h-12 items-center gap-3 py-1.5 hover:bg-hover/60">
      <div className="min-w-0 flex-1 pl-1">
        <Link to="/import/$id" params={{ id: item.id }} className="block truncate font-medium after:absolute after:inset-0 ring-inset-focus" dir="auto">{item.file_name}</Link>
        <span className="block truncate text-xs text-faint">{facts.join(" · ")}</span>
      </div>
      <time dateTime={item.created_at} title={formatFullDateTime(item.created_at)} className="shrink-0 text-xs text-muted max-md:hidden">{formatRelative(item.created_at)}</time>
      <Badge color={COLORS[item.state] ?? "gray"}>{t(`state_${item.state}`)}</Badge>
      <span className="relative z-1">
        <Menu align="end" trigger={<IconButton label={t("actions", { name: item.file_name })} icon={<Ellipsis size={15} />} />}>
          <MenuItem icon={<Trash2 size={14} />} danger disabled={isBusy(item.state)} onSelect={() => void remove()}>{t("forget")}</MenuItem>
        </Menu>
      </span>
    </li>
  );
}
