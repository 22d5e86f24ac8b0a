"""What is done to a partner's webhooks."""

from dataclasses import replace

from api.models import Webhook, WebhookDelivery
from api.services.webhooks import (
    WebhookFacts,
    add_webhook,
    change_webhook,
    drop_old_secret,
    remove_webhook,
    resend,
    resend_failed,
    rotate_secret,
    send_test,
    switch_webhook,
)
from tests.support import role_table
from tests.verbs.scene import Call, Scene, Verb

FACTS = WebhookFacts("Billing", "https://hooks.example/portal", ["users.*"])


def _webhook(scene: Scene) -> Webhook:
    return Webhook.objects.get(pk=scene.world.webhook.pk)


def _delivery(scene: Scene) -> WebhookDelivery:
    return WebhookDelivery.objects.select_related("webhook").get(pk=scene.world.delivery.pk)


_CALLS: dict[str, Call] = {
    "add_webhook": lambda at, by: add_webhook(FACTS, partner=at.world.cast.fabrikam, actor=by),
    "change_webhook": lambda at, by: change_webhook(
        _webhook(at), replace(FACTS, name="Other"), actor=by
    ),
    "rotate_secret": lambda at, by: rotate_secret(_webhook(at), actor=by),
    "drop_old_secret": lambda at, by: drop_old_secret(_webhook(at), actor=by),
    "switch_webhook": lambda at, by: switch_webhook(_webhook(at), on=False, actor=by),
    "remove_webhook": lambda at, by: remove_webhook(_webhook(at), actor=by),
    "send_test": lambda at, by: send_test(_webhook(at), actor=by),
    "resend": lambda at, by: resend(_delivery(at), actor=by),
    "resend_failed": lambda at, by: resend_failed(_webhook(at), actor=by),
}
WEBHOOKS = {
    f"api.services.webhooks.{name}": Verb(role_table.APPLICATIONS, call)
    for name, call in _CALLS.items()
}
