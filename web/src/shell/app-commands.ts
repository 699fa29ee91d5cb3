import { useNavigate } from "@tanstack/react-router";
import { CheckSquare, Home, Inbox, Keyboard, LogOut, Moon, PanelLeft, Plus, Search, Settings, Sun, SunMoon, Trash2, Undo2, Upload } from "lucide-react";
import { useMemo } from "react";
import { signOut, useSession } from "@/api";
import { objectIcon, useCatalog } from "@/catalog";
import { canUndo, type Command, undoLast, useCommands } from "@/commands";
import { openQuickCreate, showPalette, showShortcuts } from "./overlays";
import { toggleSidebar } from "./sidebar-state";
import { chooseTheme } from "./theme";
import { t } from "./texts";

/** The second key after G for objects that people go to all day. */
const GO_KEYS: Record<string, string> = { person: "p", company: "c", deal: "d", lead: "l", product: "o", note: "n" };

/** Sections of the settings that one also looks for by name. */
const SETTINGS = ["profile", "users", "objects", "pipelines", "webhooks", "tokens"] as const;

/** The commands that work on every page. */
export function useAppCommands(): void {
  const navigate = useNavigate();
  const catalog = useCatalog();
  const { user } = useSession();
  const commands = useMemo((): Command[] => {
    const navigation = t("navigation");
    const general = t("general");
    const canWrite = user.role !== "read_only";
    const objects = catalog.listed.filter((object) => object.key !== "task");
    return [
      { id: "palette", title: t("palette"), section: general, icon: Search, shortcut: "mod+k", whileTyping: true, keyboardOnly: true, run: () => showPalette(true) },
      { id: "search", title: t("search"), section: general, icon: Search, shortcut: "/", keyboardOnly: true, run: () => showPalette(true) },
      ...(canWrite
        ? [{ id: "create", title: t("create"), section: general, icon: Plus, shortcut: "c", run: () => openQuickCreate({ object: objectInView(catalog) }) }]
        : []),
      { id: "undo", title: t("undo"), section: general, icon: Undo2, shortcut: "mod+z", when: canUndo, run: () => void undoLast() },
      { id: "shortcuts", title: t("shortcuts"), section: general, icon: Keyboard, shortcut: "?", run: () => showShortcuts(true) },
      { id: "sidebar", title: t("toggle_sidebar"), section: general, icon: PanelLeft, shortcut: "[", run: toggleSidebar },
      { id: "go.home", title: t("home"), section: navigation, icon: Home, shortcut: "g h", run: () => void navigate({ to: "/" }) },
      { id: "go.tasks", title: t("tasks"), section: navigation, icon: CheckSquare, shortcut: "g t", run: () => void navigate({ to: "/tasks" }) },
      { id: "go.inbox", title: t("inbox"), section: navigation, icon: Inbox, shortcut: "g i", keywords: "notifications bell", run: () => void navigate({ to: "/inbox" }) },
      ...objects.map((object): Command => {
        const key = GO_KEYS[object.key];
        return {
          id: `go.${object.plural}`,
          title: object.label_plural,
          section: navigation,
          icon: objectIcon(object),
          shortcut: key === undefined ? undefined : `g ${key}`,
          run: () => void navigate({ to: "/objects/$object", params: { object: object.plural } }),
        };
      }),
      { id: "go.settings", title: t("settings"), section: navigation, icon: Settings, shortcut: "g s", run: () => void navigate({ to: "/settings" }) },
      ...SETTINGS.map(
        (section): Command => ({
          id: `go.settings.${section}`,
          title: t(`settings_${section}`),
          section: navigation,
          icon: Settings,
          keywords: t("settings"),
          run: () => void navigate({ to: "/settings/$section", params: { section } }),
        }),
      ),
      { id: "go.import", title: t("import"), section: navigation, icon: Upload, keywords: "csv xlsx upload", when: () => canWrite, run: () => void navigate({ to: "/import" }) },
      { id: "go.bin", title: t("bin"), section: navigation, icon: Trash2, keywords: "trash deleted restore", run: () => void navigate({ to: "/bin" }) },
      ...(canWrite
        ? catalog.listed.map((object): Command => ({
            id: `create.${object.plural}`,
            title: t("create_object", { object: object.label.toLowerCase() }),
            section: t("create"),
            icon: objectIcon(object),
            keywords: "new add",
            run: () => openQuickCreate({ object: object.name }),
          }))
        : []),
      { id: "theme.light", title: t("theme_light"), section: t("appearance"), icon: Sun, run: () => chooseTheme("light") },
      { id: "theme.dark", title: t("theme_dark"), section: t("appearance"), icon: Moon, run: () => chooseTheme("dark") },
      { id: "theme.system", title: t("theme_system"), section: t("appearance"), icon: SunMoon, run: () => chooseTheme("system") },
      {
        id: "sign-out",
        title: t("sign_out"),
        section: general,
        icon: LogOut,
        run: () => void signOut().then(() => navigate({ to: "/signin" })),
      },
    ];
  }, [catalog, navigate, user.role]);
  useCommands(commands);
}

/** What C creates: a record of the object that one looks at. */
function objectInView(catalog: ReturnType<typeof useCatalog>): string {
  const plural = /^\/objects\/([^/]+)/.exec(location.pathname)?.[1];
  if (location.pathname.startsWith("/tasks")) return "task";
  if (location.pathname.startsWith("/notes")) return "note";
  return (plural === undefined ? undefined : catalog.object(plural)?.name) ?? "person";
}
