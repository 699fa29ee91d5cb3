export { UnreadCount } from "./unread-count";
export { useNotices } from "./use-notices";
export { useUnread } from "./unread";
