import { Dialog, Kbd } from "@/ui";
import { useAllCommands } from "./registry";
import { t } from "./texts";

/** Every shortcut that works now, from the registry. */
export function ShortcutsSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const commands = useAllCommands().filter((command) => command.shortcut !== undefined);
  const sections = [...new Set(commands.map((command) => command.section))];
  return (
    <Dialog open={open} onClose={onClose} title={t("shortcuts")} size="lg">
      <div className="gap-x-10 sm:columns-2">
        {sections.map((section) => (
          <section key={section} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-medium text-muted">{section}</h3>
            <ul>
              {commands
                .filter((command) => command.section === section)
                .map((command) => (
                  <li key={command.id} className="flex h-7 items-center justify-between gap-4">
                    <span className="truncate">{command.title}</span>
                    <Kbd keys={command.shortcut ?? ""} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
