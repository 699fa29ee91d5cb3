import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, type ApiProblem, asProblem, done } from "@/api";
import { Banner, Button, buttonClass, Field } from "@/ui";
import { AuthLayout } from "./auth-layout";
import { useLinkToken } from "./link-token";
import { PasswordInput, PasswordStrength } from "./password-input";
import { t } from "./texts";

/** Where an activation link leads: invited people choose their password. */
export function ActivatePage() {
  const token = useLinkToken(useSearch({ from: "/activate" }).token);
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await done(api.POST("/activate", { body: { token, password } }));
      await navigate({ to: "/signin", search: { activated: true }, replace: true });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  if (token === "") {
    return (
      <AuthLayout title={t("no_link")} text={t("no_link_text")}>
        <Link to="/signin" className={buttonClass("secondary", "lg")}>{t("to_sign_in")}</Link>
      </AuthLayout>
    );
  }
  const atField = problem?.field("password");
  return (
    <AuthLayout title={t("activate_title")} text={t("activate_text")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem === null || atField !== undefined ? null : <Banner kind="error">{problem.detail}</Banner>}
        <Field label={t("new_password")} error={atField} hint={<PasswordStrength password={password} />}>
          {(control) => (
            <PasswordInput {...control} large autoFocus autoComplete="new-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-2">{t("activate")}</Button>
      </form>
    </AuthLayout>
  );
}
