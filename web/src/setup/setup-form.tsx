import { useState } from "react";
import { api, type ApiProblem, asProblem, type Session, take } from "@/api";
import { CurrencyPicker, guessRegional, RegionPicker, TimeZonePicker } from "@/regional";
import { PasswordInput, PasswordStrength } from "@/signin";
import { Banner, Button, Field, Input } from "@/ui";
import { t } from "./texts";

export interface SetupFormProps {
  token: string;
  onDone: (made: { session: Session; api_token: string }) => void;
}

/** The fields at which the server's refusals are shown; others stand above the form. */
const FIELDS = ["workspace", "name", "email", "password", "currency", "region", "time_zone"];

export function SetupForm({ token, onDone }: SetupFormProps) {
  const [values, setValues] = useState(() => {
    const { region, currency, timeZone } = guessRegional();
    return { workspace: "", name: "", email: "", password: "", currency, region, time_zone: timeZone };
  });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (name: keyof typeof values) => (value: string) => setValues((now) => ({ ...now, [name]: value }));
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      onDone(await take(api.POST("/setup", { body: { token, ...values, locale: guessRegional().locale } })));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const elsewhere = problem !== null && !FIELDS.some((name) => problem.field(name) !== undefined);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {elsewhere ? <Banner kind="error">{problem.detail}</Banner> : null}
      <Field label={t("workspace")} error={problem?.field("workspace")}>
        {(control) => (
          <Input {...control} large autoFocus required maxLength={100} autoComplete="organization" value={values.workspace} onChange={(event) => set("workspace")(event.target.value)} />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("name")} error={problem?.field("name")}>
          {(control) => <Input {...control} large required maxLength={200} autoComplete="name" value={values.name} onChange={(event) => set("name")(event.target.value)} />}
        </Field>
        <Field label={t("email")} error={problem?.field("email")}>
          {(control) => (
            <Input {...control} large required type="email" autoComplete="username" value={values.email} onChange={(event) => set("email")(event.target.value)} />
          )}
        </Field>
      </div>
      <Field label={t("password")} error={problem?.field("password")} hint={<PasswordStrength password={values.password} personal={[values.name, values.email]} />}>
        {(control) => (
          <PasswordInput {...control} large required autoComplete="new-password" value={values.password} onChange={(event) => set("password")(event.target.value)} />
        )}
      </Field>
      <hr className="my-1 border-line" />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("region")} error={problem?.field("region")} hint={t("region_hint")}>
          {(control) => <RegionPicker id={control.id} invalid={control["aria-invalid"]} value={values.region} onChange={set("region")} />}
        </Field>
        <Field label={t("currency")} error={problem?.field("currency")} hint={t("currency_hint")}>
          {(control) => <CurrencyPicker id={control.id} invalid={control["aria-invalid"]} value={values.currency} onChange={set("currency")} />}
        </Field>
      </div>
      <Field label={t("time_zone")} error={problem?.field("time_zone")} hint={t("time_zone_hint")}>
        {(control) => <TimeZonePicker id={control.id} invalid={control["aria-invalid"]} value={values.time_zone} onChange={set("time_zone")} />}
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-2">{t("create")}</Button>
    </form>
  );
}
