import { useEffect } from "react";
import { useSession } from "@/api";
import { startLive } from "./live";
import { registerBoard } from "./refresh";

/** Follows what others do, as long as somebody is signed in. */
export function useLive(): void {
  const { id } = useSession();
  useEffect(() => (id === null ? undefined : startLive(id)), [id]);
}

/** Moves the cards of a board as others move them. */
export function useLiveBoard(plural: string, field: string): void {
  useEffect(() => registerBoard(plural, field), [plural, field]);
}
