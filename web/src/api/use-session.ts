import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { call } from "./send";
import { keys } from "./queries";
import { type Session, sessionQuery, type User } from "./session";

/** The session. Only for pages behind the sign-in, where there always is one. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("This page needs a session.");
  return data;
}

/** The workspace's users, by name. Up to 200; use search in pickers beyond that. */
export function useUsers(): readonly User[] {
  const { data } = useQuery({
    queryKey: keys.users,
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => call<{ data: User[] }>("GET", "/users", { query: { limit: 200 }, signal }),
  });
  return data?.data ?? NONE;
}

const NONE: readonly User[] = [];
