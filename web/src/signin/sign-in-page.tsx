import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, type ApiProblem, asProblem, sessionQuery, signIn, take } from "@/api";
import { setTheme } from "@/shell";
import { Avatar, Banner, Button, Field, Input } from "@/ui";
import { AuthLayout } from "./auth-layout";
import { PasswordInput } from "./password-input";
import { t } from "./texts";

interface Choice {
  slug: string;
  name: string;
}

export function SignInPage() {
  const { to, activated } = useSearch({ from: "/signin" });
  const navigate = useNavigate();
  const router = useRouter();
  const { data: session } = useQuery(sessionQuery);
  // On a server without a workspace nobody can sign in yet.
  const { data: setup } = useQuery({ queryKey: ["setup"], queryFn: () => take(api.GET("/setup")), retry: false });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [choices, setChoices] = useState<Choice[]>([]);
  const [busy, setBusy] = useState(false);
  const [wait, setWait] = useSeconds();
  const field = useRef<HTMLInputElement>(null);
  const signedIn = session !== null && session !== undefined;
  const leave = useCallback(() => {
    // Only paths of this application: an address from elsewhere could lead anywhere.
    if (to?.startsWith("/") && !/^\/[/\\]/.test(to)) router.history.replace(to);
    else void navigate({ to: "/", replace: true });
  }, [to, router, navigate]);
  useEffect(() => {
    if (signedIn) leave();
  }, [signedIn, leave]);
  useEffect(() => {
    if (setup?.needed === true) void navigate({ to: "/setup", replace: true });
  }, [setup, navigate]);
  const submit = async (workspace?: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const { user } = await signIn({ email, password, ...(workspace === undefined ? {} : { workspace }) });
      // As they chose it in another browser.
      if (user.theme !== null) setTheme(user.theme);
      leave();
    } catch (error) {
      const found = asProblem(error);
      const offered = workspacesOf(found);
      setChoices(offered);
      if (offered.length === 0) setProblem(found);
      setWait(found.retryAfter ?? 0);
      setBusy(false);
      if (found.code === "unauthenticated") field.current?.select();
    }
  };
  if (choices.length > 0) {
    return (
      <AuthLayout title={t("which_workspace")} text={t("which_workspace_text")}>
        <ul className="flex flex-col gap-2">
          {choices.map((choice) => (
            <li key={choice.slug}>
              <button
                type="button"
                disabled={busy}
                onClick={() => void submit(choice.slug)}
                className="flex h-11 w-full items-center gap-3 rounded-lg border border-line-strong px-3 text-left shadow-sm hover:bg-hover"
              >
                <Avatar name={choice.name} square size="md" />
                <span className="min-w-0 flex-1 truncate font-medium" dir="auto">{choice.name}</span>
              </button>
            </li>
          ))}
        </ul>
        <Button variant="ghost" size="lg" className="mt-3 w-full" onClick={() => setChoices([])}>{t("other_account")}</Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("title")} text={to === undefined || to === "/" ? undefined : t("go_on")} footer={t("forgotten")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {activated && problem === null ? <Banner kind="success">{t("activated")}</Banner> : null}
        {problem === null ? null : <Banner kind="error">{problem.detail}</Banner>}
        <Field label={t("email")} error={problem?.field("email")}>
          {(control) => (
            <Input {...control} large autoFocus type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />
          )}
        </Field>
        <Field label={t("password")}>
          {(control) => (
            <PasswordInput {...control} ref={field} large autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={busy} disabled={wait > 0} className="mt-2">
          {wait > 0 ? t("wait", { seconds: wait }) : t("sign_in")}
        </Button>
      </form>
    </AuthLayout>
  );
}

/** The workspaces that the server offers where a password fits several accounts. */
function workspacesOf(problem: ApiProblem): Choice[] {
  const { workspaces } = problem.more;
  if (problem.code !== "conflict" || !Array.isArray(workspaces)) return [];
  return workspaces.flatMap((item: unknown) => {
    if (typeof item === "string") return [{ slug: item, name: item }];
    if (typeof item !== "object" || item === null || !("slug" in item) || typeof item.slug !== "string") return [];
    return [{ slug: item.slug, name: "name" in item && typeof item.name === "string" ? item.name : item.slug }];
  });
}

/** Seconds that count down to 0. */
function useSeconds(): [number, (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}
