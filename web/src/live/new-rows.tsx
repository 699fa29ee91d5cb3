import { ArrowUp, RefreshCw } from "lucide-react";
import type { ListRequest } from "@/api";
import { useArrivals } from "./arrivals";
import { t } from "./texts";

/** Says that a list has more by now, and shows it on a click: nothing moves under its reader. */
export function NewRows({ plural, request, onShow }: { plural: string; request: ListRequest; onShow?: (() => void) | undefined }) {
  const { fresh, moved, many, show } = useArrivals(plural, request);
  const label = many ? t("many_changes") : fresh > 0 && moved > 0 ? t("new_and_moved", { n: fresh, m: moved }) : fresh > 0 ? t("new", { n: fresh }) : t("moved", { n: moved });
  const nothing = !many && fresh + moved === 0;
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-12 z-10 flex justify-center">
      {nothing ? null : (
        <button
          type="button"
          onClick={() => {
            show();
            onShow?.();
          }}
          className="pointer-events-auto flex h-7 items-center gap-1.5 rounded-full bg-accent px-3 text-sm font-medium text-on-accent shadow-md hover:bg-accent-hover"
        >
          {fresh > 0 ? <ArrowUp size={14} aria-hidden="true" /> : <RefreshCw size={13} aria-hidden="true" />}
          {label}
          <span className="sr-only">{t("show_them")}</span>
        </button>
      )}
    </div>
  );
}
