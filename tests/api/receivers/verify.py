"""Reads {secret, body, headers} a line, and answers with what svix says of it.

It runs in the environment of clients, and imports nothing of the portal's.
"""

import json
import sys

from svix.webhooks import (  # type: ignore[import-not-found]
    Webhook,
    WebhookVerificationError,
)

for line in sys.stdin:
    sent = json.loads(line)
    try:
        Webhook(sent["secret"]).verify(sent["body"], sent["headers"])
        told = {"message": json.loads(sent["body"])}
    except WebhookVerificationError as error:
        told = {"refused": str(error)}
    print(json.dumps(told))
