import { clsx } from "clsx";
import { createPortal } from "react-dom";
import type { User } from "@/api";
import { Avatar } from "@/ui";
import { t } from "../texts";

interface MentionListProps {
  id: string;
  users: readonly User[];
  active: number;
  /** Where the cursor is in the window. */
  at: { left: number; top: number; bottom: number };
  onPick: (user: User) => void;
}

/** Whom one may mean by what is typed after an @. */
export function MentionList({ id, users, active, at, onPick }: MentionListProps) {
  const isLow = at.bottom + 240 > window.innerHeight && at.top > 240;
  const left = Math.max(8, Math.min(at.left, window.innerWidth - 264));
  return createPortal(
    <div
      id={id}
      role="listbox"
      aria-label={t("mention")}
      className="popup fixed z-60 max-h-60 w-64 overflow-y-auto p-1"
      style={isLow ? { left, bottom: window.innerHeight - at.top + 4 } : { left, top: at.bottom + 4 }}
    >
      {users.map((user, place) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the editor has the focus and the keys
        <div
          key={user.id}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === active}
          // The editor keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(user)}
          className={clsx("flex h-8 items-center gap-2 rounded-md px-2", place === active && "bg-hover")}
        >
          <Avatar name={user.name} />
          <span className="truncate" dir="auto">{user.name}</span>
        </div>
      ))}
    </div>,
    document.body,
  );
}
