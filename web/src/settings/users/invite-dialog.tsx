import { api, keys, queryClient, take, type User } from "@/api";
import { Banner, Button, Dialog, Field, Input, Select } from "@/ui";
import { t } from "../texts";
import { useForm } from "../use-form";

export function InviteDialog({ onClose, onInvited }: { onClose: () => void; onInvited: (user: User) => void }) {
  const form = useForm<{ name: string; email: string; role: User["role"] }>({ name: "", email: "", role: "member" });
  const save = async () => {
    let user: User | null = null;
    await form.submit(async () => {
      user = await take(api.POST("/users", { body: form.values }));
      await queryClient.invalidateQueries({ queryKey: keys.users });
    });
    if (user !== null) onInvited(user);
  };
  return (
    <Dialog open onClose={onClose} title={t("invite_title")} description={t("invite_text")} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {form.problem === null ? null : <Banner kind="error">{form.problem.detail}</Banner>}
        <Field label={t("name")} error={form.error("name")}>
          {(control) => <Input {...control} required maxLength={200} autoFocus value={form.values.name} onChange={(event) => form.set("name", event.target.value)} />}
        </Field>
        <Field label={t("email")} error={form.error("email")}>
          {(control) => <Input {...control} required type="email" value={form.values.email} onChange={(event) => form.set("email", event.target.value)} />}
        </Field>
        <Field label={t("role")} hint={t(`role_${form.values.role}_hint`)}>
          {({ id }) => (
            <Select
              id={id}
              value={form.values.role}
              onChange={(role) => form.set("role", role)}
              choices={[
                { value: "member", label: t("role_member") },
                { value: "administrator", label: t("role_administrator") },
                { value: "read_only", label: t("role_read_only") },
              ]}
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={form.busy}>{t("invite")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
