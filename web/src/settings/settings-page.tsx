import { Link, Navigate, useParams } from "@tanstack/react-router";
import { Box, Building2, CircleUser, GitBranch, KeyRound, type LucideIcon, Sparkles, Upload, Users, Webhook } from "lucide-react";
import { type ComponentType, lazy, Suspense, useEffect, useRef } from "react";
import { NotFoundPage, TopBar } from "@/shell";
import { PageSkeleton } from "@/ui";
import { t } from "./texts";

interface Section {
  name: string;
  label: string;
  icon: LucideIcon;
  page: ComponentType<{ item: string | undefined }>;
}

/** Each is loaded when it is opened. */
const GROUPS: { label: string; sections: Section[] }[] = [
  {
    label: t("account"),
    sections: [
      { name: "profile", label: t("profile"), icon: CircleUser, page: lazy(() => import("./profile").then((module) => ({ default: module.ProfileSettings }))) },
      { name: "tokens", label: t("tokens"), icon: KeyRound, page: lazy(() => import("./tokens").then((module) => ({ default: module.TokenSettings }))) },
    ],
  },
  {
    label: t("workspace"),
    sections: [
      { name: "workspace", label: t("general"), icon: Building2, page: lazy(() => import("./workspace").then((module) => ({ default: module.WorkspaceSettings }))) },
      { name: "users", label: t("users"), icon: Users, page: lazy(() => import("./users").then((module) => ({ default: module.UserSettings }))) },
      { name: "objects", label: t("objects"), icon: Box, page: lazy(() => import("./objects").then((module) => ({ default: module.ObjectSettings }))) },
      { name: "webhooks", label: t("webhooks"), icon: Webhook, page: lazy(() => import("./webhooks").then((module) => ({ default: module.WebhookSettings }))) },
      { name: "pipelines", label: t("pipelines"), icon: GitBranch, page: lazy(() => import("./pipelines").then((module) => ({ default: module.PipelineSettings }))) },
    ],
  },
  {
    label: t("data"),
    sections: [
      { name: "imports", label: t("imports"), icon: Upload, page: lazy(() => import("./imports-settings").then((module) => ({ default: module.ImportsSettings }))) },
      { name: "demo", label: t("demo"), icon: Sparkles, page: lazy(() => import("./demo").then((module) => ({ default: module.DemoSettings }))) },
    ],
  },
];

const LINK =
  "flex h-7 shrink-0 items-center gap-2 rounded-md px-2 font-medium text-muted hover:bg-hover hover:text-text ring-inset-focus aria-[current=page]:bg-pressed aria-[current=page]:text-text";

export function SettingsPage() {
  const { section, item } = useParams({ strict: false });
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the sections stand in one line, of which only some are in sight.
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [section]);
  const current = GROUPS.flatMap(({ sections }) => sections).find(({ name }) => name === section);
  if (section === undefined) return <Navigate to="/settings/$section" params={{ section: "profile" }} replace />;
  if (current === undefined) return <NotFoundPage />;
  const Page = current.page;
  return (
    <>
      <TopBar title={t("settings")} documentTitle={current.label} />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav ref={nav} aria-label={t("settings")} className="w-52 shrink-0 overflow-y-auto border-r border-line px-2 py-3 max-md:flex max-md:w-full max-md:gap-1 max-md:border-r-0 max-md:border-b max-md:py-2">
          {GROUPS.map((group) => (
            <div key={group.label} className="mb-4 flex flex-col gap-px max-md:mb-0 max-md:flex-row max-md:gap-1">
              <h2 className="px-2 pb-1 text-2xs font-medium text-faint max-md:hidden">{group.label}</h2>
              {group.sections.map(({ name, label, icon: Icon }) => (
                <Link key={name} to="/settings/$section" params={{ section: name }} className={LINK} activeProps={{ "aria-current": "page" }}>
                  <Icon size={15} strokeWidth={1.75} className="shrink-0" aria-hidden="true" />
                  <span className="truncate">{label}</span>
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className="min-h-0 min-w-0 flex-1 overflow-y-auto" key={section}>
          <Suspense fallback={<PageSkeleton />}>
            <Page item={item} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
