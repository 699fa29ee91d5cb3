import { Link } from "@tanstack/react-router";
import { CheckSquare, ChevronsUpDown, Home, Inbox, PanelLeft, Search, Settings, SunMoon, Trash2, Upload } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "@/api";
import { ObjectIcon, useCatalog } from "@/catalog";
import { CommandMenuItem, runCommand } from "@/commands";
import { UnreadCount } from "@/inbox";
import { Avatar, IconButton, Kbd, Menu, MenuRadio, MenuSeparator, SubMenu } from "@/ui";
import { toggleSidebar } from "./sidebar-state";
import { chooseTheme, type Theme, useTheme } from "./theme";
import { t } from "./texts";

const ITEM =
  "flex h-7 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-muted select-none hover:bg-hover hover:text-text ring-inset-focus [&.active]:bg-pressed [&.active]:text-text";

export function Sidebar() {
  const catalog = useCatalog();
  return (
    <nav aria-label={t("main_navigation")} className="flex h-full w-56 shrink-0 flex-col border-r border-line bg-sunken max-md:hidden">
      <div className="flex items-center gap-1 p-2">
        <WorkspaceMenu />
        <IconButton label={t("hide_sidebar")} shortcut="[" icon={<PanelLeft size={15} />} onClick={toggleSidebar} />
      </div>
      <div className="px-2 pb-2">
        <button
          type="button"
          onClick={() => runCommand("palette")}
          className="flex h-7 w-full items-center gap-2 rounded-md border border-line-strong bg-bg px-2 text-sm text-faint shadow-sm hover:border-faint/60"
        >
          <Search size={14} aria-hidden="true" />
          <span className="flex-1 text-left">{t("search")}</span>
          <Kbd keys="mod+k" />
        </button>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-px overflow-y-auto px-2 pb-2">
        <Item to="/" icon={<Home size={15} strokeWidth={1.75} />}>{t("home")}</Item>
        <Item to="/inbox" icon={<Inbox size={15} strokeWidth={1.75} />} extra={<UnreadCount />}>{t("inbox")}</Item>
        <Item to="/tasks" icon={<CheckSquare size={15} strokeWidth={1.75} />}>{t("tasks")}</Item>
        <h2 className="px-2 pt-4 pb-1 text-2xs font-medium text-faint">{t("records")}</h2>
        {catalog.listed
          .filter((object) => object.key !== "task")
          .map((object) => (
            <Link key={object.id} to="/objects/$object" params={{ object: object.plural }} className={ITEM} activeProps={{ className: "active", "aria-current": "page" }}>
              <ObjectIcon object={object} size={15} className="shrink-0" />
              <span className="truncate">{object.label_plural}</span>
            </Link>
          ))}
        <h2 className="px-2 pt-4 pb-1 text-2xs font-medium text-faint">{t("import_and_bin")}</h2>
        <Item to="/import" icon={<Upload size={15} strokeWidth={1.75} />}>{t("import")}</Item>
        <Item to="/bin" icon={<Trash2 size={15} strokeWidth={1.75} />}>{t("bin")}</Item>
      </div>
      <div className="flex items-center gap-1 border-t border-line p-2">
        <UserMenu />
        <Link to="/settings" aria-label={t("settings")} title={t("settings")} className="flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text">
          <Settings size={15} strokeWidth={1.75} />
        </Link>
      </div>
    </nav>
  );
}

function Item({ to, icon, extra, children }: { to: "/" | "/inbox" | "/tasks" | "/import" | "/bin"; icon: ReactNode; extra?: ReactNode; children: ReactNode }) {
  return (
    <Link to={to} className={ITEM} activeOptions={{ exact: to === "/" }} activeProps={{ className: "active", "aria-current": "page" }}>
      <span className="shrink-0" aria-hidden="true">{icon}</span>
      <span className="truncate">{children}</span>
      {extra}
    </Link>
  );
}

function WorkspaceMenu() {
  const { workspace } = useSession();
  return (
    <Menu
      trigger={
        <button type="button" className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 hover:bg-hover data-popup-open:bg-hover">
          <Avatar name={workspace.name} square size="md" />
          <span className="min-w-0 flex-1 truncate text-left font-semibold">{workspace.name}</span>
          <span className="sr-only">{t("workspace_menu")}</span>
          <ChevronsUpDown size={13} className="shrink-0 text-faint" aria-hidden="true" />
        </button>
      }
    >
      <CommandMenuItem id="go.settings" />
      <CommandMenuItem id="go.import" />
      <CommandMenuItem id="go.bin" />
      <MenuSeparator />
      <CommandMenuItem id="shortcuts" />
      <MenuSeparator />
      <CommandMenuItem id="sign-out" />
    </Menu>
  );
}

export function UserMenu({ compact }: { compact?: boolean }) {
  const { user } = useSession();
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 hover:bg-hover data-popup-open:bg-hover">
          <Avatar name={user.name} size="md" />
          <span className={compact ? "sr-only" : "min-w-0 flex-1 truncate text-left"}>{user.name}</span>
          <span className="sr-only">{t("user_menu")}</span>
        </button>
      }
    >
      <ThemeMenu />
      <CommandMenuItem id="shortcuts" />
      <MenuSeparator />
      <CommandMenuItem id="sign-out" />
    </Menu>
  );
}

function ThemeMenu() {
  const theme = useTheme();
  return (
    <SubMenu label={t("theme")} icon={<SunMoon size={14} />}>
      <MenuRadio<Theme>
        value={theme}
        onChange={chooseTheme}
        choices={[
          { value: "light", label: t("light") },
          { value: "dark", label: t("dark") },
          { value: "system", label: t("system") },
        ]}
      />
    </SubMenu>
  );
}
