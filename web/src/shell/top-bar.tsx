import { PanelLeft } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useSession } from "@/api";
import { useUnread } from "@/inbox";
import { IconButton } from "@/ui";
import { toggleSidebar, useSidebar } from "./sidebar-state";
import { t } from "./texts";

export interface TopBarProps {
  /** The page's heading; also the browser tab's title where it is text. */
  title: ReactNode;
  /** The tab's title where the heading isn't text. */
  documentTitle?: string | undefined;
  icon?: ReactNode;
  /** Beside the title. */
  children?: ReactNode;
  /** At the right edge. */
  actions?: ReactNode;
}

/** The bar at the top of every page behind the sign-in. */
export function TopBar({ title, documentTitle, icon, children, actions }: TopBarProps) {
  const sidebar = useSidebar();
  const { workspace } = useSession();
  const name = documentTitle ?? (typeof title === "string" ? title : "Kith");
  const unread = useUnread()?.count ?? 0;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : ""}${name} · ${workspace.name}`;
  }, [name, workspace.name, unread]);
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4 max-md:px-3">
      {sidebar ? null : (
        <IconButton label={t("show_sidebar")} shortcut="[" icon={<PanelLeft size={15} />} onClick={toggleSidebar} className="-ml-1.5 max-md:hidden" />
      )}
      {icon === undefined ? null : <span className="flex shrink-0 text-muted" aria-hidden="true">{icon}</span>}
      <h1 className="min-w-0 truncate text-base font-semibold" dir="auto">{title}</h1>
      {children}
      <div className="ml-auto flex shrink-0 items-center gap-1.5">{actions}</div>
    </header>
  );
}
