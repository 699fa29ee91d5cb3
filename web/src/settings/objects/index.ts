export { ObjectSettings } from "./object-settings";
