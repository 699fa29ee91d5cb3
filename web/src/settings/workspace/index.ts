export { WorkspaceSettings } from "./workspace-settings";
