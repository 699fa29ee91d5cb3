export { NewRows } from "./new-rows";
export { type Notice, type Notification, onNotice } from "./notices";
export { PresenceAvatars } from "./presence-avatars";
export { subscribeToState, streamState, useStreamState } from "./state";
export { useLive, useLiveBoard } from "./use-live";
