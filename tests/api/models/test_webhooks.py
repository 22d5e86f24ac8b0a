"""Whose webhooks are whose, and which deliveries are due."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from api.models import DeliveryState, Webhook, WebhookDelivery
from tests.factories import WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def due() -> list[WebhookDelivery]:
    return list(WebhookDelivery.objects.due(timezone.now()).order_by("pk"))


def test_webhooks_are_seen_by_their_partners_staff_alone(cast: Cast) -> None:
    own = WebhookFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    assert list(Webhook.objects.visible_to(cast.alice)) == [own]
    for user in (cast.charlie, cast.gail, cast.uma, cast.support):
        assert not Webhook.objects.visible_to(user).exists()


def test_a_webhook_works_that_is_on_and_does_not_rest(cast: Cast) -> None:
    now = timezone.now()
    awake = [
        WebhookFactory.create(partner=cast.fabrikam),
        WebhookFactory.create(partner=cast.fabrikam, rests_until=now),
    ]
    WebhookFactory.create(partner=cast.fabrikam, rests_until=now + timedelta(seconds=1))
    WebhookFactory.create(partner=cast.fabrikam, is_on=False)
    assert list(Webhook.objects.working(now).order_by("pk")) == awake


def test_what_waits_is_due_in_time(cast: Cast) -> None:
    webhook, now = WebhookFactory.create(partner=cast.fabrikam), timezone.now()
    rows = {"webhook": webhook, "customer": cast.contoso}
    WebhookDeliveryFactory.create(state=DeliveryState.FAILED, settled_at=now, **rows)
    WebhookDeliveryFactory.create(state=DeliveryState.DELIVERED, settled_at=now, **rows)
    later = WebhookDeliveryFactory.create(due_at=now + timedelta(hours=1), **rows)
    first, second = WebhookDeliveryFactory.create_batch(2, **rows)
    assert due() == [first, second]
    assert list(WebhookDelivery.objects.put_off(timezone.now())) == [later]


def test_only_what_the_webhook_may_know_now_is_permitted(cast: Cast) -> None:
    some = WebhookFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    modest = WebhookFactory.create(partner=cast.fabrikam, with_team=False)
    whole = WebhookFactory.create(partner=cast.fabrikam)
    expected = []
    for webhook, permitted in ((some, {"Contoso"}), (modest, {"Contoso", "Northwind"})):
        for customer in (cast.contoso, cast.northwind, None):
            row = WebhookDeliveryFactory.create(webhook=webhook, customer=customer)
            expected += [row] if customer and customer.name in permitted else []
    expected.append(WebhookDeliveryFactory.create(webhook=whole, customer=None))
    expected.append(WebhookDeliveryFactory.create(webhook=some, customer=None, event_id=None))
    assert list(WebhookDelivery.objects.permitted().order_by("pk")) == expected


def test_a_secret_is_replaced_as_long_as_the_old_one_signs() -> None:
    now = timezone.now()
    assert not Webhook().rotates
    assert not Webhook(old_secret_until=now).rotates
    assert Webhook(old_secret_until=now + timedelta(minutes=1)).rotates


def test_the_database_keeps_ids_and_names_apart(cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam, name="Billing")
    with pytest.raises(DatabaseError), transaction.atomic():
        WebhookFactory.create(partner=cast.fabrikam, name="BILLING")
    with pytest.raises(DatabaseError), transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(uuid="0" * 32)
    row = WebhookDeliveryFactory.create(webhook=webhook)
    with pytest.raises(DatabaseError), transaction.atomic():
        WebhookDeliveryFactory.create(webhook=webhook, event_id=row.event_id)
