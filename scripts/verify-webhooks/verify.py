# usage: python3 verify.py FILE
# Verifies deliveries by the official package. FILE has {"secret", "deliveries": [{"headers", "body"}]}.
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
webhook = Webhook(given["secret"])
for delivery in given["deliveries"]:
    webhook.verify(delivery["body"], delivery["headers"])
    try:
        webhook.verify(delivery["body"] + " ", delivery["headers"])
    except WebhookVerificationError:
        continue
    raise SystemExit("a changed body was verified")
print(f"{len(given['deliveries'])} verified")
