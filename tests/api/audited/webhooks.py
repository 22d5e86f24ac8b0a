"""What the activity log knows of webhooks: each verb, and the events that it writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from api.models import Webhook
from api.services.webhooks import (
    WebhookFacts,
    add_webhook,
    change_webhook,
    drop_old_secret,
    remove_webhook,
    rotate_secret,
    switch_webhook,
)

FACTS = WebhookFacts("Billing", "https://hooks.example/portal", ["users.*"])


def _webhook(stage: Any) -> Webhook:
    return add_webhook(FACTS, actor=stage.alice).webhook


def _rotating(stage: Any) -> Webhook:
    webhook = _webhook(stage)
    rotate_secret(webhook, actor=stage.alice)
    return webhook


WEBHOOKS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "add_webhook": (_webhook, ["webhook.added"], False),
    "change_webhook": (
        lambda s: change_webhook(_webhook(s), replace(FACTS, name="Bills"), actor=s.alice),
        ["webhook.changed"],
        True,
    ),
    "rotate_secret": (_rotating, ["webhook.changed"], True),
    "drop_old_secret": (
        lambda s: drop_old_secret(_rotating(s), actor=s.alice),
        ["webhook.changed"],
        False,
    ),
    "switch_webhook": (
        lambda s: switch_webhook(_webhook(s), on=False, actor=s.alice),
        ["webhook.switched"],
        True,
    ),
    "remove_webhook": (
        lambda s: remove_webhook(_webhook(s), actor=s.alice),
        ["webhook.removed"],
        False,
    ),
}
