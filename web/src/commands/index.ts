export { CommandMenuItem } from "./command-menu-item";
export { isTyping, listenToKeyboard } from "./keyboard";
export { forgetRecord, loadRecent, type RecentRecord, rememberRecord, useRecentRecords } from "./recent";
export { type Command, registerCommands, runCommand, useAllCommands, useCommands, useShortcut } from "./registry";
export { canUndo, dropUndo, pushUndo, toastUndo, undoLast } from "./undo";
