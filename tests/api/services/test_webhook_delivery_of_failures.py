"""Webhooks that take nothing: later tries, rests, and switched off after a day."""

import socket
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from api.models import Webhook, WebhookDelivery
from api.services.webhook_delivery import (
    JITTER,
    PATIENCE,
    PAUSES,
    STUMBLES,
    deliver_webhooks,
)
from customers.models import AuditEvent
from tests.api.hooks import age, hurry, states, told_of, webhook_at
from tests.applications.listener import Listener, Reply
from tests.factories import WebhookDeliveryFactory, WebhookFactory
from tests.support.cast import Cast


@pytest.fixture
def dead(settings: Settings) -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://localhost:{closed.getsockname()[1]}"
    settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, url]
    return url


def seconds_until(moment: datetime) -> float:
    return (moment - timezone.now()).total_seconds()


def test_each_try_is_later_than_the_one_before_and_has_the_same_id_and_body(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(400)
    for number, pause in enumerate(PAUSES):
        # Others are taken meanwhile.
        Webhook.objects.update(failing_since=None)
        deliver_webhooks(webhook.pk)
        row.refresh_from_db()
        assert (row.state, row.tries, row.status) == ("waiting", number + 1, 400)
        longest = min(pause * (1 + JITTER), PATIENCE.total_seconds())
        assert pause - 2 <= seconds_until(row.due_at) <= longest
        hurry()
    Webhook.objects.update(failing_since=None)
    deliver_webhooks(webhook.pk)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", len(PAUSES) + 1)
    assert row.reason == "The receiver answered with status 400."
    assert len({(asked.headers["webhook-id"], asked.body) for asked in listener.asked}) == 1
    assert len(listener.asked) == len(PAUSES) + 1
    assert (5, 60, 300, 1_800, *(hours * 3_600 for hours in (2, 5, 10, 14, 20, 24))) == PAUSES


def test_a_dead_webhook_rests_for_longer_each_time_and_keeps_nobody_waiting(
    cast: Cast, listener: Listener, dead: str
) -> None:
    gone = WebhookFactory.create(partner=cast.fabrikam, address=dead, host=dead[7:])
    well = webhook_at(listener, cast.litware)
    rows = WebhookDeliveryFactory.create_batch(40, webhook=gone, customer=cast.contoso)
    others = WebhookDeliveryFactory.create_batch(3, webhook=well, customer=cast.adatum)
    assert (deliver_webhooks(gone.pk), deliver_webhooks(well.pk)) == (0, 3)
    assert states(others) == ["delivered"] * 3
    # One was tried, and all others with it.
    assert [row.tries for row in WebhookDelivery.objects.filter(webhook=gone)].count(1) == 1
    for pause in PAUSES[:3]:
        gone.refresh_from_db()
        assert gone.rests_until is not None
        assert pause - 2 <= seconds_until(gone.rests_until) <= pause * (1 + JITTER)
        assert deliver_webhooks(gone.pk) == 0
        Webhook.objects.filter(pk=gone.pk).update(rests_until=None)
        deliver_webhooks(gone.pk)
    assert set(states(rows)) == {"waiting"}
    assert sum(row.tries for row in WebhookDelivery.objects.filter(webhook=gone)) == 4
    tried = WebhookDelivery.objects.filter(tries=1).first()
    assert tried is not None
    assert (tried.status, tried.reason) == (
        None,
        "There was no connection: no such host, no answer, or no valid certificate.",
    )


def test_one_that_answers_again_is_told_of_everything(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = WebhookDeliveryFactory.create_batch(20, webhook=webhook, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(503)
    for _time in range(3):
        deliver_webhooks(webhook.pk)
        hurry()
    listener.answer = lambda _asked: Reply(200)
    assert deliver_webhooks(webhook.pk) == 20
    assert set(states(rows)) == {"delivered"}
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.tries) == (None, 0)


def test_a_receiver_that_stumbles_over_one_event_is_told_of_the_others(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = WebhookDeliveryFactory.create_batch(12, webhook=webhook, customer=cast.contoso)
    bad = rows[3].message_id
    listener.answer = lambda asked: Reply(500 if asked.headers["webhook-id"] == bad else 200)
    assert deliver_webhooks(webhook.pk) == 11
    assert states(rows).count("waiting") == 1
    webhook.refresh_from_db()
    assert webhook.rests_until is None


def test_a_receiver_in_trouble_is_left_alone_after_some_tries(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    WebhookDeliveryFactory.create_batch(12, webhook=webhook, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(500)
    assert deliver_webhooks(webhook.pk) == 0
    assert len(listener.asked) == STUMBLES


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("is_date", [False, True])
def test_a_receiver_that_asks_for_time_has_it(
    cast: Cast, listener: Listener, status: int, *, is_date: bool
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    WebhookDeliveryFactory.create_batch(5, webhook=webhook, customer=cast.contoso)
    until = timezone.now() + timedelta(seconds=400)
    text = until.strftime("%a, %d %b %Y %H:%M:%S GMT") if is_date else "400"
    listener.answer = lambda _asked: Reply(status, headers={"Retry-After": text})
    assert deliver_webhooks(webhook.pk) == 0
    assert len(listener.asked) == 1
    webhook.refresh_from_db()
    assert webhook.rests_until is not None
    assert 395 <= seconds_until(webhook.rests_until) <= 400
    assert deliver_webhooks(webhook.pk) == 0
    assert len(listener.asked) == 1


def test_one_that_is_gone_is_switched_off_at_once(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam, made_by=cast.alice)
    rows = WebhookDeliveryFactory.create_batch(3, webhook=webhook, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(410)
    deliver_webhooks(webhook.pk)
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.problem) == (
        False,
        "The receiver answered that it is gone (status 410).",
    )
    assert len(listener.asked) == 1
    assert states(rows) == ["failed"] * 3
    event = AuditEvent.objects.get(action="webhook.switched")
    assert (event.actor_id, event.partner, event.target_id, event.changes, event.reason) == (
        None,
        cast.fabrikam,
        webhook.pk,
        {"is_on": [True, False], "reason_said": {"id": webhook.problem}},
        webhook.problem,
    )


def test_one_that_takes_nothing_for_a_day_is_switched_off_after_a_last_try(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(500)
    passed = timedelta()
    while webhook.is_on:
        deliver_webhooks(webhook.pk)
        row.refresh_from_db()
        webhook.refresh_from_db()
        if row.state == "waiting":
            pause = row.due_at - timezone.now() + timedelta(seconds=1)
            age(webhook, pause)
            passed += pause
            hurry()
    # What the test itself takes is not counted.
    assert abs(passed - PATIENCE) < timedelta(minutes=5)
    assert len(listener.asked) == 9
    assert webhook.problem.startswith("Nothing could be delivered for a day.")
    assert AuditEvent.objects.filter(action="webhook.switched").count() == 1


def test_a_success_in_between_keeps_it_on(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [bad] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda asked: Reply(
        400 if asked.headers["webhook-id"] == bad.message_id else 200
    )
    deliver_webhooks(webhook.pk)
    age(webhook, PATIENCE)
    told_of(cast.gail, customer=cast.contoso)
    deliver_webhooks(webhook.pk)
    hurry()
    deliver_webhooks(webhook.pk)
    assert Webhook.objects.get().is_on
