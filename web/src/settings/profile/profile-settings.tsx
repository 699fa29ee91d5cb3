import { Monitor, Moon, Sun } from "lucide-react";
import { api, keys, queryClient, take, useSession } from "@/api";
import { LocalePicker, TimeZonePicker } from "@/regional";
import { chooseTheme, type Theme, useTheme } from "@/shell";
import { Banner, Button, Field, Input, Segmented, toast } from "@/ui";
import { Group, SettingsBody } from "../parts";
import { t } from "../texts";
import { useForm } from "../use-form";
import { PasswordForm } from "./password-form";
import { Sessions } from "./sessions";

export function ProfileSettings() {
  const { user, workspace } = useSession();
  const form = useForm({ name: user.name, locale: user.locale, time_zone: user.time_zone });
  const theme = useTheme();
  const save = async () => {
    const saved = await form.submit(async () => {
      await take(api.PATCH("/users/me", { body: form.changes }));
      await queryClient.invalidateQueries({ queryKey: keys.session });
      await queryClient.invalidateQueries({ queryKey: keys.users });
    });
    if (!saved) return;
    form.reset();
    toast({ title: t("saved"), kind: "success" });
  };
  return (
    <SettingsBody title={t("profile")} text={t("profile_text", { email: user.email ?? "", role: t(`role_${user.role}`) })}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <Field label={t("name")} error={form.error("name")} className="max-w-sm">
          {(control) => <Input {...control} required maxLength={200} autoComplete="name" value={form.values.name} onChange={(event) => form.set("name", event.target.value)} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("locale")} error={form.error("locale")} hint={user.locale === null ? t("from_workspace") : t("locale_hint")}>
            {({ id }) => <LocalePicker id={id} value={form.values.locale ?? workspace.locale} onChange={(locale) => form.set("locale", locale)} />}
          </Field>
          <Field label={t("time_zone")} error={form.error("time_zone")} hint={user.time_zone === null ? t("from_workspace") : undefined}>
            {({ id }) => <TimeZonePicker id={id} value={form.values.time_zone ?? workspace.time_zone} onChange={(zone) => form.set("time_zone", zone)} />}
          </Field>
        </div>
        <div className="flex gap-2">
          <Button type="submit" variant="primary" busy={form.busy} disabled={!form.changed}>{t("save")}</Button>
          {form.changed ? <Button onClick={form.reset}>{t("discard")}</Button> : null}
        </div>
      </form>
      <Group title={t("appearance")} text={t("appearance_text")}>
        <Segmented<Theme>
          label={t("appearance")}
          value={theme}
          onChange={chooseTheme}
          choices={[
            { value: "light", label: t("light"), icon: <Sun size={13} /> },
            { value: "dark", label: t("dark"), icon: <Moon size={13} /> },
            { value: "system", label: t("system"), icon: <Monitor size={13} /> },
          ]}
        />
      </Group>
      <Group title={t("password")} text={t("password_text")}>
        <PasswordForm email={user.email} name={user.name} />
      </Group>
      <Sessions />
    </SettingsBody>
  );
}
