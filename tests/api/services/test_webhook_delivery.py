"""Webhooks are told of what is due: signed, in order, politely, and nobody waits for another."""

import json
import logging
import socket
import threading
from datetime import timedelta

import pytest
import redis
from django.utils import timezone
from pytest_django import Settings

from accounts.services.users import block_users
from api.models import Webhook, WebhookDelivery
from api.services import webhook_delivery
from api.services.webhook_delivery import (
    JITTER,
    LEASE,
    PATIENCE,
    PAUSES,
    STUMBLES,
    deliver_webhooks,
    due_webhooks,
    requeue_webhooks,
)
from api.services.webhook_following import follow_for_webhooks
from api.services.webhook_sending import LANES
from api.services.webhooks import send_test
from api.tasks import send_webhooks
from customers.models import AuditEvent
from tests.api.hooks import age, happens, heard, hurry, states, told_of, verified, webhook_at
from tests.applications.listener import Asked, Listener, Reply
from tests.factories import UserFactory, WebhookDeliveryFactory, WebhookFactory
from tests.patience import PATIENCE as LONG
from tests.support.cast import Cast
from tests.support.threads import together


@pytest.fixture
def dead(settings: Settings) -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://localhost:{closed.getsockname()[1]}"
    settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, url]
    return url


def seconds_until(moment: object) -> float:
    return (moment - timezone.now()).total_seconds()  # type: ignore[operator]


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
    assert states([*first, *second, *others]) == ["waiting", "waiting", "delivered"]
    listener.answer = lambda _asked: Reply(200)
    hurry()
    deliver_webhooks(webhook.pk)
    assert states([*first, *second]) == ["delivered"] * 2
    ids = [message for message, _event in heard(listener)]
    assert ids == [refused, others[0].message_id, refused, second[0].message_id]


def test_what_was_given_up_keeps_nothing_after_it_waiting(cast: Cast, listener: Listener) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [first], [second] = (told_of(cast.uma, customer=cast.contoso) for _number in range(2))
    WebhookDelivery.objects.filter(pk=first.pk).update(tries=len(PAUSES))
    listener.answer = lambda asked: Reply(
        400 if asked.headers["webhook-id"] == first.message_id else 200
    )
    deliver_webhooks(webhook.pk)
    assert states([first, second]) == ["failed", "delivered"]


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
        {"is_on": [True, False]},
        webhook.problem,
    )


def test_one_that_takes_nothing_for_a_day_is_switched_off_after_a_last_try(
    cast: Cast, listener: Listener
) -> None:
    webhook = webhook_at(listener, cast.fabrikam)
    [row] = told_of(cast.uma, customer=cast.contoso)
    listener.answer = lambda _asked: Reply(500)
    passed = timedelta()
    while passed < PATIENCE:
        deliver_webhooks(webhook.pk)
        row.refresh_from_db()
        assert Webhook.objects.get().is_on
        pause = row.due_at - timezone.now()
        age(webhook, pause + timedelta(seconds=1))
        passed += pause + timedelta(seconds=1)
        hurry()
    assert passed < PATIENCE + timedelta(minutes=1)
    deliver_webhooks(webhook.pk)
    webhook.refresh_from_db()
    assert not webhook.is_on
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
