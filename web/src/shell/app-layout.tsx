import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useSession } from "@/api";
import { CatalogContext, StagesContext, useCurrentCatalog, useCurrentStages } from "@/catalog";
import { listenToKeyboard, loadRecent } from "@/commands";
import { useNotices } from "@/inbox";
import { useLive, useStreamState } from "@/live";
import { OfflineBanner } from "@/offline";
import { PageSkeleton } from "@/ui";
import { useAppCommands } from "./app-commands";
import { MobileNav } from "./mobile-nav";
import { closeQuickCreate, showPalette, showShortcuts, useOverlays } from "./overlays";
import { Sidebar } from "./sidebar";
import { useSidebar } from "./sidebar-state";
import { t } from "./texts";

const JobPanel = lazy(() => import("@/bulk").then((module) => ({ default: module.JobPanel })));
const QuickCreate = lazy(() => import("@/create").then((module) => ({ default: module.QuickCreate })));
const Palette = lazy(() => import("@/commands/palette").then((module) => ({ default: module.Palette })));
const ShortcutsSheet = lazy(() => import("@/commands/shortcuts-sheet").then((module) => ({ default: module.ShortcutsSheet })));

/** What stands around every page behind the sign-in. */
export function AppLayout() {
  return (
    <CatalogContext.Provider value={useCurrentCatalog()}>
      <StagesContext.Provider value={useCurrentStages()}>
        <Frame />
      </StagesContext.Provider>
    </CatalogContext.Provider>
  );
}

function Frame() {
  const { user } = useSession();
  useAppCommands();
  useLive();
  useNotices();
  const live = useStreamState();
  useEffect(listenToKeyboard, []);
  useEffect(() => loadRecent(user.id), [user.id]);
  const sidebar = useSidebar();
  const overlays = useOverlays();
  return (
    <div data-live={live} className="flex h-dvh flex-col md:flex-row">
      <a href="#main" className="sr-only z-60 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        {t("skip")}
      </a>
      {sidebar ? <Sidebar /> : null}
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <OfflineBanner />
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
      <MobileNav />
      <Suspense>
        {overlays.palette ? <Palette open onClose={closePalette} /> : null}
        <JobPanel />
        {overlays.shortcuts ? <ShortcutsSheet open onClose={() => showShortcuts(false)} /> : null}
        {overlays.create === null ? null : <QuickCreate {...overlays.create} onClose={closeQuickCreate} />}
      </Suspense>
    </div>
  );
}

function closePalette() {
  showPalette(false);
}
