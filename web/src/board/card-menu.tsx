import { EllipsisVertical, Eye, SquareArrowOutUpRight } from "lucide-react";
import { type ComponentProps, useState } from "react";
import type { KithRecord } from "@/api";
import { Dot, Menu, MenuItem, MenuSeparator, SubMenu } from "@/ui";
import type { BoardGroup } from "./groups";
import { t } from "./texts";

export interface CardMenuProps {
  name: string;
  record: KithRecord;
  group: BoardGroup;
  groups: readonly BoardGroup[];
  /** The pointer or the focus is on the card. */
  near: boolean;
  readOnly: boolean;
  onOpen: () => void;
  onPeek: () => void;
  onMove: (record: KithRecord, to: BoardGroup) => void;
}

/** What can be done with a card. A board has hundreds: each gets its menu when somebody comes near. */
export function CardMenu({ name, record, group, groups, near, readOnly, onOpen, onPeek, onMove }: CardMenuProps) {
  const [open, setOpen] = useState(false);
  if (!near && !open) return <Trigger aria-label={t("card_menu", { name })} onClick={() => setOpen(true)} />;
  return (
    <Menu align="end" open={open} onOpenChange={setOpen} trigger={<Trigger aria-label={t("card_menu", { name })} />}>
      <MenuItem icon={<SquareArrowOutUpRight size={14} />} shortcut="enter" onSelect={onOpen}>{t("open")}</MenuItem>
      <MenuItem icon={<Eye size={14} />} shortcut="space" onSelect={onPeek}>{t("peek")}</MenuItem>
      {readOnly ? null : (
        <>
          <MenuSeparator />
          <SubMenu label={t("move_to")}>
            {groups.map((one) => (
              <MenuItem key={one.value ?? ""} icon={<Dot color={one.color} />} disabled={one.value === group.value} onSelect={() => onMove(record, one)}>
                {one.label}
              </MenuItem>
            ))}
          </SubMenu>
        </>
      )}
    </Menu>
  );
}

function Trigger(props: ComponentProps<"button">) {
  return (
    <button
      type="button"
      tabIndex={-1}
      {...props}
      className="-mt-0.5 -mr-1 flex size-6 shrink-0 items-center justify-center rounded-md text-faint opacity-0 group-hover/card:opacity-100 hover:bg-hover hover:text-text focus-visible:opacity-100 data-popup-open:opacity-100 max-sm:opacity-100"
    >
      <EllipsisVertical size={14} />
    </button>
  );
}
