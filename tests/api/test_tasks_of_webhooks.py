"""Tasks of webhooks are known to beat, and do what their services do."""

import pytest

from api import tasks
from api.models import WebhookDelivery
from api.services import queue
from customers.actions import Action
from partnerportal.schedule import SCHEDULE
from tests.api.hooks import happens
from tests.factories import WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast

SCHEDULED = {entry["task"] for entry in SCHEDULE.values()}


def test_what_is_done_now_and_then_is_scheduled() -> None:
    for task in (
        tasks.follow_for_webhooks,
        tasks.requeue_webhooks,
        tasks.reseal_webhook_secrets,
        tasks.forget_webhook_deliveries,
    ):
        assert task.name in SCHEDULED


def test_what_is_sent_for_is_a_task() -> None:
    assert tasks.send_webhooks.name == queue.SEND_WEBHOOKS
    assert tasks.tell_owner_of_webhook.name == queue.TELL_OWNER


@pytest.mark.django_db
def test_each_does_what_its_service_does(cast: Cast) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam, events=["user.changed"])
    happens(cast.uma, customer=cast.contoso)
    happens(cast.uma, customer=cast.contoso, action=Action.USER_BLOCKED)
    assert tasks.follow_for_webhooks() == 2
    assert WebhookDelivery.objects.count() == 1
    WebhookDelivery.objects.all().delete()
    assert tasks.send_webhooks(webhook.pk) == tasks.requeue_webhooks() == 0
    assert tasks.tell_owner_of_webhook(webhook.pk) is False
    WebhookDeliveryFactory.create(
        webhook=webhook, state="delivered", settled_at="2020-01-01T00:00:00Z"
    )
    assert tasks.forget_webhook_deliveries() == 1
    assert tasks.reseal_webhook_secrets() == 1
