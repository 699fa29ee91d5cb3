export { UserSettings } from "./user-settings";
