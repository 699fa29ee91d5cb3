import { useQueryClient } from "@tanstack/react-query";
import { api, done } from "@/api";
import { PasswordInput, PasswordStrength } from "@/signin";
import { Banner, Button, Field, toast } from "@/ui";
import { t } from "../texts";
import { useForm } from "../use-form";

export function PasswordForm({ email, name }: { email: string | null; name: string }) {
  const client = useQueryClient();
  const form = useForm({ current_password: "", new_password: "" });
  const save = async () => {
    const saved = await form.submit(() => done(api.POST("/users/me/password", { body: form.values })));
    if (!saved) return;
    form.reset();
    toast({ title: t("password_changed"), kind: "success" });
    await client.invalidateQueries({ queryKey: ["sessions"] });
  };
  return (
    <form
      className="flex max-w-sm flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
      <input type="text" autoComplete="username" value={email ?? ""} readOnly hidden />
      <Field label={t("current_password")} error={form.error("current_password")}>
        {(control) => (
          <PasswordInput {...control} required autoComplete="current-password" value={form.values.current_password} onChange={(event) => form.set("current_password", event.target.value)} />
        )}
      </Field>
      <Field label={t("new_password")} error={form.error("new_password")} hint={<PasswordStrength password={form.values.new_password} personal={[name, email ?? ""]} />}>
        {(control) => (
          <PasswordInput {...control} required autoComplete="new-password" value={form.values.new_password} onChange={(event) => form.set("new_password", event.target.value)} />
        )}
      </Field>
      <div>
        <Button type="submit" busy={form.busy} disabled={form.values.current_password === "" || form.values.new_password === ""}>{t("change_password")}</Button>
      </div>
    </form>
  );
}
