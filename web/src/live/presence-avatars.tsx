import { clsx } from "clsx";
import { useSession, useUsers } from "@/api";
import { Avatar, Tooltip } from "@/ui";
import { useLooking, useOthers } from "./presence";
import { t } from "./texts";

const SHOWN = 3;

/** Who else looks at a record or edits it; says that one does so oneself. */
export function PresenceAvatars({ object, id }: { object: string; id: string }) {
  const { user } = useSession();
  const users = useUsers();
  useLooking(object, id);
  const others = useOthers(object, id, user.id);
  if (others.length === 0) return null;
  const nameOf = (one: string) => users.find((each) => each.id === one)?.name ?? t("somebody");
  return (
    <ul aria-label={t("also_here")} className="flex shrink-0 items-center -space-x-1.5">
      {others.slice(0, SHOWN).map(({ id: one, state }) => {
        const label = t(state === "editing" ? "edits" : "views", { name: nameOf(one) });
        return (
          <li key={one}>
            <Tooltip label={label}>
              <span className={clsx("flex rounded-full ring-2", state === "editing" ? "ring-accent" : "ring-bg")}>
                <Avatar name={nameOf(one)} size="md" />
                <span className="sr-only">{label}</span>
              </span>
            </Tooltip>
          </li>
        );
      })}
      {others.length > SHOWN ? <li className="pl-2.5 text-xs text-muted">{t("more_people", { n: others.length - SHOWN })}</li> : null}
    </ul>
  );
}
