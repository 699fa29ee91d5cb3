export { WebhookSettings } from "./webhook-settings";
