import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { queryClient, sessionQuery } from "@/api";
import { binSearch } from "@/bin/search";
import { catalogQuery } from "@/catalog";
import { exportSearch } from "@/export/search";
import { homeSearch } from "@/home/search";
import { importSearch } from "@/import/search";
import { inboxSearch } from "@/inbox/search";
import { listSearch } from "@/list/search";
import { notesSearch } from "@/notes/search";
import { recordSearch } from "@/record/search";
import { settingsSearch } from "@/settings/search";
import { setupSearch } from "@/setup/search";
import { activateSearch, signInSearch } from "@/signin/search";
import { tasksSearch } from "@/tasks/search";
import { PageSkeleton } from "@/ui";
import { ErrorPage, NotFoundPage } from "./error-page";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: ErrorPage });

/** Pages behind the sign-in. Who isn't signed in goes there, and comes back afterwards. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: "/signin", search: location.href === "/" ? {} : { to: location.href } });
    await queryClient.ensureQueryData(catalogQuery);
  },
  component: lazyRouteComponent(() => import("./app-layout"), "AppLayout"),
  errorComponent: ErrorPage,
});

const home = createRoute({ getParentRoute: () => app, path: "/", validateSearch: homeSearch, component: lazyRouteComponent(() => import("@/home"), "HomePage") });
const list = createRoute({ getParentRoute: () => app, path: "/objects/$object", validateSearch: listSearch, component: lazyRouteComponent(() => import("@/list"), "ListPage") });
const record = createRoute({ getParentRoute: () => app, path: "/objects/$object/$id", validateSearch: recordSearch, component: lazyRouteComponent(() => import("@/record"), "RecordPage") });
const tasks = createRoute({ getParentRoute: () => app, path: "/tasks", validateSearch: tasksSearch, component: lazyRouteComponent(() => import("@/tasks/tasks-page"), "TasksPage") });
const inbox = createRoute({ getParentRoute: () => app, path: "/inbox", validateSearch: inboxSearch, component: lazyRouteComponent(() => import("@/inbox/inbox-page"), "InboxPage") });
const notes = createRoute({ getParentRoute: () => app, path: "/notes", validateSearch: notesSearch, component: lazyRouteComponent(() => import("@/notes/notes-page"), "NotesPage") });
const settings = createRoute({ getParentRoute: () => app, path: "/settings", validateSearch: settingsSearch, component: lazyRouteComponent(() => import("@/settings"), "SettingsPage") });
const settingsSection = createRoute({ getParentRoute: () => app, path: "/settings/$section", validateSearch: settingsSearch, component: lazyRouteComponent(() => import("@/settings"), "SettingsPage") });
const settingsItem = createRoute({ getParentRoute: () => app, path: "/settings/$section/$item", validateSearch: settingsSearch, component: lazyRouteComponent(() => import("@/settings"), "SettingsPage") });
const importStart = createRoute({ getParentRoute: () => app, path: "/import", validateSearch: importSearch, component: lazyRouteComponent(() => import("@/import"), "ImportPage") });
const importOne = createRoute({ getParentRoute: () => app, path: "/import/$id", validateSearch: importSearch, component: lazyRouteComponent(() => import("@/import"), "ImportPage") });
const exportPage = createRoute({ getParentRoute: () => app, path: "/export", validateSearch: exportSearch, component: lazyRouteComponent(() => import("@/export"), "ExportPage") });
const bin = createRoute({ getParentRoute: () => app, path: "/bin", validateSearch: binSearch, component: lazyRouteComponent(() => import("@/bin"), "BinPage") });

const signIn = createRoute({ getParentRoute: () => root, path: "/signin", validateSearch: signInSearch, component: lazyRouteComponent(() => import("@/signin"), "SignInPage") });
const activate = createRoute({ getParentRoute: () => root, path: "/activate", validateSearch: activateSearch, component: lazyRouteComponent(() => import("@/signin"), "ActivatePage") });
const setup = createRoute({ getParentRoute: () => root, path: "/setup", validateSearch: setupSearch, component: lazyRouteComponent(() => import("@/setup"), "SetupPage") });

export const router = createRouter({
  routeTree: root.addChildren([
    app.addChildren([home, list, record, tasks, inbox, notes, settings, settingsSection, settingsItem, importStart, importOne, exportPage, bin]),
    signIn,
    activate,
    setup,
  ]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
