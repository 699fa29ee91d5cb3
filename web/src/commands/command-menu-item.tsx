import { MenuItem } from "@/ui";
import { isAvailable, useAllCommands } from "./registry";

/** A menu item from the registry, with its icon and shortcut. Nothing where there is no such command. */
export function CommandMenuItem({ id, danger }: { id: string; danger?: boolean }) {
  const command = useAllCommands().find((one) => one.id === id);
  if (command === undefined) return null;
  const Icon = command.icon;
  return (
    <MenuItem
      icon={Icon ? <Icon size={14} /> : undefined}
      shortcut={command.shortcut}
      danger={danger}
      disabled={!isAvailable(command)}
      onSelect={command.run}
    >
      {command.title}
    </MenuItem>
  );
}
