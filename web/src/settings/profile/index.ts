export { ProfileSettings } from "./profile-settings";
