// usage: node verify.mjs FILE
// Verifies deliveries by the official package. FILE has {"secret", "deliveries": [{"headers", "body"}]}.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, deliveries } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const webhook = new Webhook(secret);
for (const { headers, body } of deliveries) {
  webhook.verify(body, headers);
  try {
    webhook.verify(`${body} `, headers);
  } catch {
    continue;
  }
  throw new Error("a changed body was verified");
}
console.log(`${deliveries.length} verified`);
