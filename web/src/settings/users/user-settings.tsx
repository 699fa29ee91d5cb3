import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ellipsis, Plus, Users } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { api, asProblem, keys, queryClient, take, type User, useSession } from "@/api";
import { toastUndo } from "@/commands";
import { Avatar, Badge, Button, EmptyState, IconButton, Input, Menu, MenuItem, MenuRadio, MenuSeparator, SubMenu, toast } from "@/ui";
import { Pending, SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";
import { InviteDialog } from "./invite-dialog";
import { LinkDialog } from "./link-dialog";

const ROLES = ["administrator", "member", "read_only"] as const;

export function UserSettings() {
  const { isAdministrator, reason } = useAdministrator();
  const { q = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const search = useDeferredValue(text.trim());
  const [inviting, setInviting] = useState(false);
  const [linkFor, setLinkFor] = useState<User | null>(null);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...keys.users, "settings", search],
    queryFn: ({ pageParam }) => take(api.GET("/users", { params: { query: { limit: 100, ...(search === "" ? {} : { search }), ...(pageParam === null ? {} : { cursor: pageParam }) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.page.next_cursor,
  });
  const users = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <SettingsBody
      wide
      title={t("users")}
      text={t("users_text")}
      reason={reason}
      actions={isAdministrator ? <Button variant="primary" icon={<Plus size={14} />} onClick={() => setInviting(true)}>{t("invite")}</Button> : undefined}
    >
      <div>
        <Input
          type="search"
          aria-label={t("search_users")}
          placeholder={t("search_users")}
          value={text}
          className="max-w-72"
          onChange={(event) => {
            setText(event.target.value);
            void navigate({ to: "/settings/$section", params: { section: "users" }, search: { q: event.target.value === "" ? undefined : event.target.value }, replace: true });
          }}
        />
        <div className="mt-4">
          {data === undefined ? (
            <Pending error={error} onRetry={() => void refetch()} />
          ) : users.length === 0 ? (
            <EmptyState icon={<Users size={20} />} title={t("no_users")} />
          ) : (
            <ul className="divide-y divide-line border-y border-line">
              {users.map((user) => <UserRow key={user.id} user={user} isAdministrator={isAdministrator} onLink={() => setLinkFor(user)} />)}
            </ul>
          )}
        </div>
        {hasNextPage ? <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("show_more")}</Button> : null}
      </div>
      {inviting ? (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={(user) => {
            setInviting(false);
            setLinkFor(user);
          }}
        />
      ) : null}
      {linkFor === null ? null : <LinkDialog user={linkFor} onClose={() => setLinkFor(null)} />}
    </SettingsBody>
  );
}

async function change(user: User, body: { role?: User["role"]; active?: boolean }): Promise<void> {
  await take(api.PATCH("/users/{id}", { params: { path: { id: user.id } }, body }));
  await queryClient.invalidateQueries({ queryKey: keys.users });
}

function UserRow({ user, isAdministrator, onLink }: { user: User; isAdministrator: boolean; onLink: () => void }) {
  const { user: self } = useSession();
  const run = async (title: string, body: Parameters<typeof change>[1], back: Parameters<typeof change>[1]) => {
    try {
      await change(user, body);
      toastUndo(title, () => change(user, back));
    } catch (error) {
      toast({ title: asProblem(error).detail, kind: "error" });
    }
  };
  const waiting = !user.active && !user.has_password;
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <Avatar name={user.name} size="md" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" dir="auto">
          {user.name}
          {user.id === self.id ? <span className="ml-1.5 font-normal text-faint">{t("you")}</span> : null}
        </p>
        <p className="truncate text-xs text-faint">{user.email ?? t("no_email")}</p>
      </div>
      {user.active ? null : <Badge color={waiting ? "amber" : "gray"}>{waiting ? t("invited") : t("inactive")}</Badge>}
      <span className="w-28 text-right text-muted max-md:hidden">{t(`role_${user.role}`)}</span>
      {isAdministrator ? (
        <Menu align="end" trigger={<IconButton label={t("actions_for", { name: user.name })} icon={<Ellipsis size={15} />} />}>
          <SubMenu label={t("role")}>
            <MenuRadio
              value={user.role}
              onChange={(role) => void run(t("role_changed", { name: user.name, role: t(`role_${role}`) }), { role }, { role: user.role })}
              choices={ROLES.map((role) => ({ value: role, label: t(`role_${role}`) }))}
            />
          </SubMenu>
          <MenuItem disabled={user.email === null} onSelect={onLink}>{user.has_password ? t("new_password_link") : t("activation_link")}</MenuItem>
          <MenuSeparator />
          {user.active ? (
            <MenuItem danger disabled={user.id === self.id} onSelect={() => void run(t("deactivated", { name: user.name }), { active: false }, { active: true })}>{t("deactivate")}</MenuItem>
          ) : (
            <MenuItem disabled={!user.has_password} onSelect={() => void run(t("activated", { name: user.name }), { active: true }, { active: false })}>{t("activate")}</MenuItem>
          )}
        </Menu>
      ) : null}
    </li>
  );
}
