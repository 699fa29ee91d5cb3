import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect } from "react";
import { t } from "./texts";
import type { ToastRequest } from "./toast";

const manager = Base.createToastManager<{ kind: "plain" | "error" | "success"; action?: { label: string; run: () => void } }>();

// What the manager is told before the provider listens would be lost: the very first toast.
let listening = () => {};
const mounted = new Promise<void>((resolve) => {
  listening = resolve;
});

/** Shows a toast, and gives a function that takes it away. */
export async function showToast(request: ToastRequest): Promise<() => void> {
  await mounted;
  const { title, text, kind = "plain", action, milliseconds } = request;
  const id = manager.add({
    title,
    ...(text === undefined ? {} : { description: text }),
    priority: kind === "error" ? "high" : "low",
    timeout: milliseconds ?? (action || kind === "error" ? 9000 : 4000),
    data: { kind, ...(action ? { action } : {}) },
  });
  return () => manager.close(id);
}

function Toasts() {
  const { toasts } = Base.useToastManager<{ kind: string; action?: { label: string; run: () => void } }>();
  return toasts.map((item) => {
    const { kind, action } = item.data ?? { kind: "plain" };
    return (
      <Base.Root
        key={item.id}
        toast={item}
        className="w-full rounded-lg border border-line-strong bg-raised shadow-lg transition-[opacity,translate] duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
      >
        <Base.Content className="flex items-start gap-2.5 py-2.5 pr-2 pl-3">
          {kind === "error" ? <CircleAlert size={16} className="mt-0.5 shrink-0 text-danger-text" /> : null}
          {kind === "success" ? <CircleCheck size={16} className="mt-0.5 shrink-0 text-success-text" /> : null}
          <div className="min-w-0 flex-1">
            <Base.Title className="text-sm font-medium break-words" />
            <Base.Description className="text-sm break-words text-muted" />
          </div>
          {action ? (
            <button
              type="button"
              onClick={() => {
                manager.close(item.id);
                action.run();
              }}
              className="h-6 shrink-0 rounded-md px-2 text-sm font-medium text-accent-text hover:bg-hover"
            >
              {action.label}
            </button>
          ) : null}
          <button type="button" aria-label={t("dismiss")} onClick={() => manager.close(item.id)} className="flex size-6 shrink-0 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-text">
            <X size={14} />
          </button>
        </Base.Content>
      </Base.Root>
    );
  });
}

/** Where toasts appear. */
export function Toaster() {
  useEffect(() => listening(), []);
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-70 flex w-[min(380px,calc(100vw-32px))] flex-col gap-2 max-sm:bottom-18">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
