"""Webhooks are told of what is due: signed, in order, politely, and nobody waits for another."""

import json
import logging
import threading

import pytest
import redis
from django.utils import timezone
from pytest_django import Settings

from accounts.services.users import block_users
from api.models import Webhook, WebhookDelivery
from api.services import webhook_delivery
from api.services.webhook_delivery import (
    LEASE,
    PAUSES,
    deliver_webhooks,
    due_webhooks,
    requeue_webhooks,
)
from api.services.webhook_following import follow_for_webhooks
from api.services.webhook_sending import LANES
from api.services.webhooks import send_test
from api.tasks import send_webhooks
from tests.api.hooks import happens, heard, hurry, states, told_of, verified, webhook_at
from tests.applications.listener import Asked, Listener, Reply
from tests.factories import UserFactory, WebhookDeliveryFactory
from tests.patience import PATIENCE as LONG
from tests.support.cast import Cast
from tests.support.threads import together


def test_an_event_is_told_by_a_message_that_a_receiver_can_verify(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_webhooks()
    assert deliver_webhooks(webhook.pk) == 1
    [asked] = listener.asked
    assert (asked.method, asked.path) == ("POST", "/hook")
    assert asked.headers["Content-Type"] == "application/json"
    message = verified(asked)
    assert message["type"] == "user.blocked"
    assert message["data"]["resourceId"] == str(cast.uma.uuid)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.tries, row.status, row.reason) == ("delivered", 1, 200, "")
    assert row.answered_at is not None
    assert asked.headers["webhook-id"] == row.message_id
    assert deliver_webhooks(webhook.pk) == 0


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_receiver_says_yes_in_several_ways(cast: Cast, listener: Listener, status: int) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = told_of(cast.uma, cast.gail, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(status)
    assert deliver_webhooks(webhook.pk) == 2
    assert states(rows) == ["delivered"] * 2


def test_what_comes_after_the_status_changes_nothing(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(200, b"x" * 3_000_000)
    assert deliver_webhooks(webhook.pk) == 1
    assert states([row]) == ["delivered"]


def test_events_about_one_user_come_in_their_order_and_after_those_before(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    first, second = (
        told_of(cast.uma, customer=cast.contoso),
        told_of(cast.uma, customer=cast.contoso),
    )
    others = told_of(cast.gail, customer=cast.contoso)
    refused = first[0].message_id
    listener.answer = lambda asked: Reply(400 if asked.headers["webhook-id"] == refused else 200)
    deliver_webhooks(webhook.pk)
    # Nor does one that happens afterwards overtake it.
    third = told_of(cast.uma, customer=cast.contoso)
    assert deliver_webhooks(webhook.pk) == 0
    assert states([*first, *second, *third, *others]) == [*["waiting"] * 3, "delivered"]
    due_at = WebhookDelivery.objects.exclude(state="delivered").values_list("due_at", flat=True)
    assert len(set(due_at)) == 1
    listener.answer = lambda _asked: Reply(200)
    hurry()
    deliver_webhooks(webhook.pk)
    assert states([*first, *second, *third]) == ["delivered"] * 3
    ids = [message for message, _event in heard(listener)]
    again = [refused, second[0].message_id, third[0].message_id]
    assert ids == [refused, others[0].message_id, *again]


def test_many_events_about_few_users_come_in_order_over_several_connections(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    users = UserFactory.create_batch(8, customer=cast.contoso)
    rows = [row for _time in range(20) for row in told_of(*users, customer=cast.contoso)]
    assert deliver_webhooks(webhook.pk) == len(rows) == 160
    came = [event for _message, event in heard(listener)]
    for number in range(8):
        own = [row.event_id for row in rows[number::8]]
        assert [event for event in came if event in own] == own
    assert 1 < listener.connections <= LANES


def test_what_was_given_up_keeps_nothing_after_it_waiting(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [first], [second] = (told_of(cast.uma, customer=cast.contoso) for _number in range(2))
    WebhookDelivery.objects.filter(pk=first.pk).update(tries=len(PAUSES))
    listener.answer = lambda asked: Reply(
        400 if asked.headers["webhook-id"] == first.message_id else 200
    )
    deliver_webhooks(webhook.pk)
    assert states([first, second]) == ["failed", "delivered"]


def test_a_redirect_is_no_answer(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(307, headers={"Location": f"{listener.url}/else"})
    assert deliver_webhooks(webhook.pk) == 0
    assert len(listener.asked) == 1
    assert states([row]) == ["waiting"]


def test_an_address_inside_is_never_called(
    cast: Cast, listener: Listener, settings: Settings
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    settings.EGRESS_ALLOW = []
    assert deliver_webhooks(webhook.pk) == 0
    assert listener.asked == []
    row.refresh_from_db()
    assert row.reason.startswith("The address leads to where")


def test_many_are_told_over_several_connections_and_no_more(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = WebhookDeliveryFactory.create_batch(60, webhook=webhook, customer=cast.contoso)
    together_at_once, now, lock = [], [0], threading.Lock()

    def answer(_asked: Asked) -> Reply:
        with lock:
            now[0] += 1
            together_at_once.append(now[0])
        threading.Event().wait(0.01)
        with lock:
            now[0] -= 1
        return Reply(200)

    listener.answer = answer
    assert deliver_webhooks(webhook.pk) == 60
    assert 1 < max(together_at_once) <= LANES
    assert set(states(rows)) == {"delivered"}


def test_webhooks_of_one_host_take_turns(
    cast: Cast, listener: Listener, monkeypatch: pytest.MonkeyPatch, queue: redis.Redis
) -> None:
    monkeypatch.setattr(webhook_delivery, "TURN", 0.0)
    one, other = webhook_at(listener, cast.fabrikam), webhook_at(listener, cast.litware)
    for webhook, customer in ((one, cast.contoso), (other, cast.adatum)):
        WebhookDeliveryFactory.create_batch(3, webhook=webhook, customer=customer)
    assert (deliver_webhooks(one.pk), deliver_webhooks(one.pk)) == (1, 0)
    assert (deliver_webhooks(other.pk), deliver_webhooks(one.pk)) == (1, 1)
    assert queue.llen("celery") > 0
    assert WebhookDelivery.objects.filter(state="delivered").count() == 3


def test_a_host_is_called_by_one_worker_at_a_time(cast: Cast, listener: Listener) -> None:
    busy = webhook_at(listener, cast.litware, claimed_at=timezone.now())
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    assert deliver_webhooks(webhook.pk) == requeue_webhooks() == 0
    # A worker that is dead says nothing any more.
    Webhook.objects.filter(pk=busy.pk).update(claimed_at=timezone.now() - LEASE * 2)
    assert requeue_webhooks() == 1
    assert deliver_webhooks(webhook.pk) == 1
    assert states([row]) == ["delivered"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_nothing_twice(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = WebhookDeliveryFactory.create_batch(60, webhook=webhook, customer=cast.contoso)
    told = together(*[lambda: deliver_webhooks(webhook.pk)] * 3)
    assert sum(told) == 60
    assert sorted(message for message, _event in heard(listener)) == sorted(
        row.message_id for row in rows
    )


def test_one_that_is_switched_off_or_changed_meanwhile_is_told_no_more(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    rows = WebhookDeliveryFactory.create_batch(3, webhook=webhook, customer=cast.contoso)

    def answer(_asked: Asked) -> Reply:
        changed.wait(LONG)
        return Reply(200)

    changed = threading.Event()
    listener.answer = answer
    turn = webhook_delivery._Turn(webhook, 0.0)  # noqa: SLF001
    Webhook.objects.filter(pk=webhook.pk).update(version=99)
    changed.set()
    assert not turn.still_meant()
    assert turn.is_stopped
    assert states(rows) == ["waiting"] * 3


def test_what_it_may_know_no_longer_is_not_sent(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam, only=[cast.contoso])
    other = UserFactory.create(customer=cast.northwind)
    WebhookDeliveryFactory.create(webhook=webhook, customer=cast.northwind)
    WebhookDeliveryFactory.create(webhook=webhook, customer=None)
    happens(other, customer=cast.northwind)
    follow_for_webhooks()
    assert not due_webhooks().exists()
    assert deliver_webhooks(webhook.pk) == 0
    assert listener.asked == []


def test_a_test_is_told_whatever_was_chosen(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam, only=[cast.contoso], events=["user.added"])
    send_test(webhook, actor=cast.alice)
    assert deliver_webhooks(webhook.pk) == 1
    message = verified(listener.asked[0])
    assert (message["type"], message["data"]["EventName"]) == ("webhook.test", "test-created")


def test_a_secret_that_no_key_opens_sends_nothing_and_switches_nothing_off(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam, sealed_secret="gAAAAA-of-another-key")
    [row] = told_of(cast.uma, customer=cast.contoso)
    assert deliver_webhooks(webhook.pk) == 0
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.claimed_at, listener.asked) == (True, None, [])
    assert states([row]) == ["waiting"]
    assert not due_webhooks().exists()


def test_neither_secret_nor_address_nor_body_is_written_to_a_log(
    cast: Cast, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook = webhook_at(listener, cast.fabrikam)
    Webhook.objects.update(address=f"{listener.url}/catch/4711-capability")
    told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(500, b"what the receiver says")
    send_webhooks(webhook.pk)
    [asked] = listener.asked
    said = "\n".join(str(record.msg) % (record.args or ()) for record in caplog.records)
    for secret in ("4711-capability", asked.headers["webhook-signature"], "what the receiver"):
        assert secret not in said
    assert json.loads(asked.body)["type"] == "user.changed"
    kept = str(WebhookDelivery.objects.values().get())
    assert "what the receiver" not in kept
