import { Link } from "@tanstack/react-router";
import { CheckSquare, Home, Menu as MenuIcon, Search } from "lucide-react";
import type { ReactNode } from "react";
import { ObjectIcon, useCatalog } from "@/catalog";
import { CommandMenuItem, runCommand } from "@/commands";
import { UnreadCount } from "@/inbox";
import { Menu, MenuSeparator } from "@/ui";
import { t } from "./texts";

const ITEM = "flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-muted [&.active]:text-accent-text";

/** The navigation at the bottom of a phone's screen. */
export function MobileNav() {
  const catalog = useCatalog();
  const first = ["person", "deal"].map((name) => catalog.object(name)).filter((object) => object !== undefined);
  return (
    <nav aria-label={t("main_navigation")} className="flex h-14 shrink-0 border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)] md:hidden">
      <Place to="/" label={t("home")} icon={<Home size={19} strokeWidth={1.75} />} />
      {first.map((object) => (
        <Link key={object.id} to="/objects/$object" params={{ object: object.plural }} className={ITEM} activeProps={{ className: "active", "aria-current": "page" }}>
          <ObjectIcon object={object} size={19} />
          <span className="max-w-full truncate">{object.label_plural}</span>
        </Link>
      ))}
      <Place to="/tasks" label={t("tasks")} icon={<CheckSquare size={19} strokeWidth={1.75} />} />
      <button type="button" className={ITEM} onClick={() => runCommand("palette")}>
        <Search size={19} strokeWidth={1.75} aria-hidden="true" />
        {t("search")}
      </button>
      <Menu
        side="top"
        align="end"
        trigger={
          <button type="button" className={`relative ${ITEM}`}>
            <MenuIcon size={19} strokeWidth={1.75} aria-hidden="true" />
            {t("more")}
            <span className="absolute top-1 left-1/2 ml-1"><UnreadCount /></span>
          </button>
        }
      >
        <CommandMenuItem id="go.inbox" />
        {catalog.listed
          .filter((object) => object.key !== "task" && !first.includes(object))
          .map((object) => <CommandMenuItem key={object.id} id={`go.${object.plural}`} />)}
        <MenuSeparator />
        <CommandMenuItem id="create" />
        <CommandMenuItem id="go.import" />
        <CommandMenuItem id="go.bin" />
        <CommandMenuItem id="go.settings" />
        <MenuSeparator />
        <CommandMenuItem id="theme.light" />
        <CommandMenuItem id="theme.dark" />
        <CommandMenuItem id="sign-out" />
      </Menu>
    </nav>
  );
}

function Place({ to, label, icon }: { to: "/" | "/tasks"; label: string; icon: ReactNode }) {
  return (
    <Link to={to} className={ITEM} activeOptions={{ exact: to === "/" }} activeProps={{ className: "active", "aria-current": "page" }}>
      <span aria-hidden="true">{icon}</span>
      {label}
    </Link>
  );
}
