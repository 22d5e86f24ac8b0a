"""The log says of a webhook what its pages say."""

import pytest

from api.services.webhooks import WebhookFacts, add_webhook, change_webhook, rotate_secret
from customers.log.history import describe
from customers.models import AuditEvent
from tests.support.cast import Cast


@pytest.mark.django_db
def test_the_log_speaks_plain_english(cast: Cast) -> None:
    facts = WebhookFacts("Billing", "https://hooks.example/a", ["users.*", "license.assigned"])
    webhook = add_webhook(facts, actor=cast.alice).webhook
    moved = WebhookFacts("Billing", "https://hooks.example/b", ["users.*"])
    change_webhook(webhook, moved, actor=cast.alice)
    rotate_secret(webhook, actor=cast.alice)
    told = [
        sorted(describe(event))
        for event in AuditEvent.objects.select_related("names").order_by("pk")
    ]
    assert told == [
        [
            "Address: https://hooks.example",
            "Customers: All",
            "Events: All of: Users, License assigned",
        ],
        [
            "Events: All of: Users, License assigned → All of: Users",
            "Rest of the address: changed",
        ],
        ["Secret: replaced"],
    ]
