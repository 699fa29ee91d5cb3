import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, signIn } from "@/api";
import { Banner, Button, Field, Input } from "@/ui";
import { t } from "./texts";

export function SignInPage() {
  const { to } = useSearch({ from: "/signin" });
  const navigate = useNavigate();
  const router = useRouter();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await signIn({ email, password });
      // Only paths of this application: an address from elsewhere could lead anywhere.
      if (to?.startsWith("/") && !to.startsWith("//")) router.history.push(to);
      else await navigate({ to: "/" });
    } catch (error) {
      setProblem(asProblem(error).detail);
      setBusy(false);
    }
  };
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <form
        className="flex w-full max-w-80 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <img src="/icon.svg" alt="" className="size-10" />
        <h1 className="text-xl font-semibold">{t("title")}</h1>
        {problem === null ? null : <Banner kind="error">{problem}</Banner>}
        <Field label={t("email")}>
          {(control) => <Input {...control} large type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />}
        </Field>
        <Field label={t("password")}>
          {(control) => <Input {...control} large type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={busy}>{t("sign_in")}</Button>
      </form>
    </main>
  );
}
