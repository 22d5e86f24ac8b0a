"""What an answer means, as far as it is known on the wire alone."""

import time

import pytest

from api.models import WebhookDelivery
from api.services.webhook_sending import LONGEST_REST, Answer, Lanes, post
from applications.egress import client
from applications.egress.client import open_client
from tests.applications.listener import Asked, Listener, Reply
from tests.factories.webhooks import SECRET


def answer_of(listener: Listener) -> Answer:
    with open_client() as one:
        return post(one, listener.url, [SECRET], row())


def row() -> WebhookDelivery:
    return WebhookDelivery(message_id="msg_1", body="{}")


@pytest.mark.parametrize(
    "status, is_general", [(301, False), (400, False), (404, False), (410, True), (429, True)]
)
def test_what_all_others_would_be_answered_as_well(
    listener: Listener, status: int, *, is_general: bool
) -> None:
    listener.answer = lambda _asked: Reply(status)
    answer = answer_of(listener)
    assert (answer.is_good, answer.status, answer.is_general) == (False, status, is_general)
    assert answer.reason == f"The receiver answered with status {status}."


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("120", 120.0),
        ("0", 1.0),
        ("999999999999", LONGEST_REST),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_a_receiver_asks_to_be_left_alone(
    listener: Listener, text: str, seconds: float | None
) -> None:
    listener.answer = lambda _asked: Reply(503, headers={"Retry-After": text})
    assert answer_of(listener).rest == seconds
    listener.answer = lambda _asked: Reply(400, headers={"Retry-After": text})
    assert answer_of(listener).rest is None


def test_an_answer_that_does_not_come_ends_in_time(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.WHOLE == 15
    monkeypatch.setattr(client, "WHOLE", 0.3)

    def drips(asked: Asked) -> Reply:
        time.sleep(1)
        return Reply(200)

    listener.answer = drips
    answer = answer_of(listener)
    assert (answer.status, answer.reason) == (None, "There was no answer in time.")


def test_one_connection_serves_for_many_messages(listener: Listener) -> None:
    listener.answer = lambda _asked: Reply(200, b"ok")
    with Lanes(listener.url, [SECRET]) as lanes:
        for _number in range(5):
            lanes.give(row())
            assert [answer.is_good for answer in lanes.answers(10)] == [True]
        assert len(lanes.free) == 1
    assert len(listener.asked) == 5
    assert listener.connections == 1
