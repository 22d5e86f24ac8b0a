"""Owners hear of a webhook that was switched off; what is over is forgotten after a month."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import redis
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from api.models import DeliveryState, Webhook, WebhookDelivery
from api.services.webhook_delivery import requeue_webhooks
from api.services.webhook_keeping import KEPT, forget_deliveries, reseal_secrets, tell_owner
from api.services.webhook_secrets import signing_secrets
from api.services.webhooks import rotate_secret
from customers.roles import Role
from tests.factories import StaffFactory, WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast
from tests.support.servers import free_port

OFF = {"is_on": False, "problem": "The receiver answered that it is gone (status 410)."}


def off(cast: Cast, **facts: Any) -> Webhook:
    return WebhookFactory.create(partner=cast.fabrikam, name="Billing", **OFF, **facts)


def test_the_owner_is_told_once(cast: Cast, mailbox: list[EmailMessage]) -> None:
    StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    webhook = off(cast, made_by=cast.alice)
    assert tell_owner(webhook.pk)
    assert not tell_owner(webhook.pk)
    [mail] = mailbox
    assert (mail["To"], mail["Subject"]) == (
        "alice@fabrikam.example",
        "Webhook switched off: Billing",
    )
    text = mail.get_content()
    assert "status 410" in text
    assert "Resend all failed" in text
    assert webhook.address not in text


def test_when_the_owner_is_gone_all_who_look_after_webhooks_are_told(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=timezone.now())
    third = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    assert tell_owner(off(cast, made_by=cast.alice).pk)
    assert {mail["To"] for mail in mailbox} == {other.user_name, third.user_name}


def test_one_that_somebody_has_switched_off_is_no_news(
    cast: Cast, mailbox: list[EmailMessage], queue: redis.Redis
) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam, is_on=False)
    requeue_webhooks()
    assert not tell_owner(webhook.pk)
    assert (mailbox, queue.llen("celery")) == ([], 0)


def test_a_mail_that_can_not_be_sent_is_tried_again(
    cast: Cast, settings: Settings, queue: redis.Redis
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    webhook = off(cast, made_by=cast.alice)
    assert not tell_owner(webhook.pk)
    webhook.refresh_from_db()
    assert webhook.owner_told_at is None
    requeue_webhooks()
    assert queue.llen("celery") == 1


@pytest.mark.django_db
def test_secrets_are_sealed_anew_so_that_an_old_key_may_go(cast: Cast, settings: Settings) -> None:
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    rotate_secret(webhook, actor=cast.alice)
    webhook.refresh_from_db()
    before = signing_secrets(webhook)
    lost = WebhookFactory.create(partner=cast.fabrikam, sealed_secret="of a key that is gone")
    new = Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [new, *settings.CREDENTIALS_KEYS]
    assert reseal_secrets() == 2
    settings.CREDENTIALS_KEYS = [new]
    webhook.refresh_from_db()
    lost.refresh_from_db()
    assert signing_secrets(webhook) == before
    assert len(before) == 2
    assert lost.sealed_secret == "of a key that is gone"


@pytest.mark.django_db
def test_what_was_settled_is_forgotten_after_a_month_and_an_old_secret_after_its_day(
    cast: Cast,
) -> None:
    now = timezone.now()
    old, recent = now - KEPT - timedelta(hours=1), now - KEPT + timedelta(hours=1)
    webhook = WebhookFactory.create(
        partner=cast.fabrikam, sealed_old_secret="sealed", old_secret_until=now
    )
    for state in (DeliveryState.DELIVERED, DeliveryState.FAILED):
        WebhookDeliveryFactory.create(webhook=webhook, state=state, settled_at=old)
    kept = [
        WebhookDeliveryFactory.create(
            webhook=webhook, state=DeliveryState.DELIVERED, settled_at=recent
        ),
        WebhookDeliveryFactory.create(webhook=webhook, created_at=old),
    ]
    assert forget_deliveries() == 2
    assert list(WebhookDelivery.objects.order_by("pk")) == kept
    webhook.refresh_from_db()
    assert (webhook.sealed_old_secret, webhook.old_secret_until) == ("", None)
