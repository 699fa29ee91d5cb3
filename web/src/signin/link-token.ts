import { useState } from "react";

/**
 * The secret of a link: in the fragment, which no server and no log gets to see, or as `token` in an
 * older link. Read once, since the router may write the address anew.
 */
export function useLinkToken(fromSearch: string | undefined): string {
  const [token] = useState(() => {
    const fragment = location.hash.slice(1);
    const named = new URLSearchParams(fragment).get("token");
    return named ?? (fragment === "" ? (fromSearch ?? "") : decodeURIComponent(fragment));
  });
  return token;
}
