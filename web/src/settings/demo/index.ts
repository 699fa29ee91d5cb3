export { DemoSettings } from "./demo-settings";
