import { queryOptions } from "@tanstack/react-query";
import { setRegional } from "@/format";
import { api, done, take } from "./client";
import { ApiProblem } from "./problem";
import { keys, queryClient } from "./queries";
import type { components } from "./schema";
import { setCsrfToken } from "./send";

export type Session = components["schemas"]["Session"];
export type User = components["schemas"]["User"];
export type Workspace = components["schemas"]["Workspace"];

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Session | null> => {
    try {
      return adopt(await take(api.GET("/session")));
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "unauthenticated") return null;
      throw error;
    }
  },
});

/** Takes a session that the server just gave, by sign-in or set-up. */
export function adoptSession(session: Session): void {
  queryClient.clear();
  queryClient.setQueryData(keys.session, adopt(session));
}

export async function signIn(credentials: { email: string; password: string; workspace?: string }): Promise<Session> {
  const session = await take(api.POST("/session", { body: credentials }));
  adoptSession(session);
  return session;
}

export async function signOut(): Promise<void> {
  await done(api.DELETE("/session"));
  setCsrfToken(null);
  queryClient.clear();
}

function adopt(session: Session): Session {
  setCsrfToken(session.csrf_token);
  const { user, workspace } = session;
  setRegional({
    locale: user.locale ?? workspace.locale,
    timeZone: user.time_zone ?? workspace.time_zone,
    currency: workspace.currency,
    region: workspace.region,
  });
  return session;
}
