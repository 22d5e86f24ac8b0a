"""The pages of webhooks, on the demo's data."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from api.models import DeliveryState
from customers.models import Customer
from customers.roles import Role
from tests.factories import (
    PartnerFactory,
    StaffFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.support.page_of import PageOf, url

# Of one of the partner's webhooks, and of all of them.
WEBHOOK = {
    f"api:webhook-{name}"
    for name in ("change", "detail", "old-secret", "remove", "resend", "secret", "switch", "test")
} | {"api:delivery-resend"}
WEBHOOKS = {"api:webhook-add", "api:webhook-list"}
# They act and lead on.
BUTTONS = {
    "api:delivery-resend",
    "api:webhook-old-secret",
    "api:webhook-resend",
    "api:webhook-switch",
    "api:webhook-test",
}


def pages_of_webhooks(customer: Customer) -> list[PageOf]:
    """Of one with deliveries in every state, of one that was switched off, and of none."""
    now, partner = timezone.now(), customer.partner
    busy = WebhookFactory.create(
        partner=partner,
        name="Billing",
        address="https://billing.fabrikam.example/hooks/portal",
        events=["users.*", "license.assigned", "license.revoked", "subscriptions.*"],
        failing_since=now - timedelta(hours=2),
        rests_until=now + timedelta(minutes=20),
        old_secret_until=now + timedelta(hours=20),
    )
    rows = {"webhook": busy, "customer": customer}
    done = {"answered_at": now, "settled_at": now, "status": 200, "tries": 1}
    WebhookDeliveryFactory.create_batch(3, state=DeliveryState.DELIVERED, **done, **rows)
    WebhookDeliveryFactory.create(
        kind="license.assigned",
        tries=4,
        answered_at=now,
        status=503,
        reason="The receiver answered with status 503.",
        due_at=now + timedelta(minutes=20),
        **rows,
    )
    failed = {"reason": "There was no answer in time.", "settled_at": now, "tries": 11}
    WebhookDeliveryFactory.create(
        kind="user.blocked", state=DeliveryState.FAILED, answered_at=now, **failed, **rows
    )
    WebhookDeliveryFactory.create(kind="user.added", **rows)
    off = WebhookFactory.create(
        partner=partner,
        name="Old ticket system",
        only=[customer],
        is_on=False,
        problem="The receiver answered that it is gone (status 410).",
    )
    admin = StaffFactory.create(
        partner=PartnerFactory.create(name="Proseware"),
        roles=[Role.ACCOUNT_ADMIN],
        password="six-blue-hens",
    )
    this = {"webhook": busy.pk}
    names = ["webhook-detail", "webhook-change", "webhook-remove"]
    detail = "api:webhook-detail"
    listed = reverse("api:webhook-list")
    return [
        PageOf("api:webhook-list", listed),
        PageOf("api:webhook-list", listed, admin.user_name, "none"),
        PageOf("api:webhook-add", reverse("api:webhook-add")),
        *(PageOf(f"api:{name}", url(f"api:{name}", this)) for name in names),
        PageOf("api:webhook-secret", url("api:webhook-secret", {"webhook": off.pk})),
        PageOf(detail, url(detail, this) + "?state=failed", variant="failed"),
        PageOf(detail, url(detail, {"webhook": off.pk}), variant="off"),
    ]
