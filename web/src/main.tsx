import "./styles.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keys, queryClient, setSignedOutHandler } from "@/api";
import { restoreTheme } from "@/shell/theme";
import { router } from "@/shell/router";
import { ConfirmOutlet, LiveRegion, ToastOutlet, TooltipProvider } from "@/ui";

restoreTheme();

// A new version was installed while this page was open: its files have other names now.
window.addEventListener("vite:preloadError", (event) => {
  // Without the server there is nothing to load anew: what is shown is all one has.
  if (!navigator.onLine || document.querySelector('[data-live="lost"]') !== null) return;
  const last = Number(sessionStorage.getItem("kith.reloaded") ?? 0);
  if (Date.now() - last < 30_000) return;
  event.preventDefault();
  sessionStorage.setItem("kith.reloaded", String(Date.now()));
  location.reload();
});

setSignedOutHandler(() => {
  const { pathname, href } = router.state.location;
  if (pathname === "/signin") return;
  queryClient.setQueryData(keys.session, null);
  void router.navigate({ to: "/signin", search: { to: href } });
});

const element = document.querySelector("#root");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <TooltipProvider>
            <RouterProvider router={router} />
          </TooltipProvider>
          <ConfirmOutlet />
          <ToastOutlet />
          <LiveRegion />
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>,
  );
}
