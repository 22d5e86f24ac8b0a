"""Webhooks for tests: something happens, and is read as a receiver reads it."""

import html
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from accounts.models import User
from api.models import Webhook, WebhookDelivery
from api.services.webhook_following import follow_for_webhooks
from customers.actions import Action
from customers.models import AuditEvent, Customer, Partner
from customers.services import audit
from tests.applications.listener import Asked, Listener
from tests.factories import WebhookFactory
from tests.factories.webhooks import SECRET

Message = dict[str, Any]


def webhook_at(listener: Listener, partner: Partner, **facts: Any) -> Webhook:
    return WebhookFactory.create(
        partner=partner,
        address=f"{listener.url}/hook",
        host=f"localhost:{listener.port}",
        **facts,
    )


def happens(
    *users: User,
    customer: Customer | None = None,
    partner: Partner | None = None,
    action: Action = Action.USER_CHANGED,
) -> list[int]:
    """Write an event about each user, and return their ids."""
    entries = [audit.Entry(action, user) for user in users]
    audit.record(entries, actor=None, customer=customer, partner=partner)
    newest = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)
    return sorted(newest[: len(users)])


def told_of(*users: User, customer: Customer) -> list[WebhookDelivery]:
    """Write an event about each user, and what webhooks are to be told of it."""
    events = happens(*users, customer=customer)
    follow_for_webhooks()
    return list(WebhookDelivery.objects.filter(event_id__in=events).order_by("pk"))


def verified(asked: Asked, secret: str = SECRET) -> Message:
    """Read a message as the standard's own library does."""
    message: Message = Verifier(secret).verify(asked.body, dict(asked.headers))
    return message


def heard(listener: Listener) -> list[tuple[str, int | None]]:
    """Return the id and the event of each message, in the order in which they came."""
    return [
        (asked.headers["webhook-id"], json.loads(asked.body)["data"]["eventId"])
        for asked in list(listener.asked)
    ]


def states(rows: Sequence[WebhookDelivery]) -> list[str]:
    found = WebhookDelivery.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


def hurry() -> None:
    """Let the time pass until the next try."""
    now = timezone.now()
    WebhookDelivery.objects.filter(state="waiting").update(due_at=now)
    Webhook.objects.update(rests_until=None)


def age(webhook: Webhook, by: timedelta) -> None:
    """Have the webhook failing for longer."""
    since = Webhook.objects.get(pk=webhook.pk).failing_since
    assert since is not None
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=since - by)


def text(page: Any) -> str:
    """Return what a page says."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
