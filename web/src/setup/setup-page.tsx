import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { adoptSession } from "@/api";
import { AuthLayout, useLinkToken } from "@/signin";
import { BeginStep } from "./begin-step";
import { SetupForm } from "./setup-form";
import { t } from "./texts";

/** Where the link leads that the server prints when it starts for the first time. */
export function SetupPage() {
  const token = useLinkToken(useSearch({ from: "/setup" }).token);
  const navigate = useNavigate();
  const [made, setMade] = useState<{ name: string; apiToken: string } | null>(null);
  if (made !== null) {
    return (
      <AuthLayout title={t("begin_title", { workspace: made.name })} text={t("begin_text")} wide>
        <BeginStep apiToken={made.apiToken} />
      </AuthLayout>
    );
  }
  if (token === "") {
    return (
      <AuthLayout title={t("no_link")} text={t("no_link_text")} footer={t("no_link_footer")}>
        <pre className="overflow-x-auto rounded-lg border border-line bg-sunken px-3 py-2.5 text-xs">{"kith serve"}</pre>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("title")} text={t("text")} wide>
      <SetupForm
        token={token}
        onDone={({ session, api_token: apiToken }) => {
          adoptSession(session);
          // The link works once: a reload leads to the workspace, not back to it.
          void navigate({ to: "/setup", search: {}, replace: true, hash: "" });
          setMade({ name: session.workspace.name, apiToken });
        }}
      />
    </AuthLayout>
  );
}
