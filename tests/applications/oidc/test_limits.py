"""Calls are counted by the minute, by client and by address."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.signin.call_limits import TooMany
from applications.oidc.limits import count_answered, count_call, count_wrong_secret


@pytest.fixture
def call(rf: RequestFactory, settings: Settings) -> Callable[..., HttpRequest]:
    """A call from an address; the limits are low, and no minute ends while the test runs."""
    settings.OIDC_LIMITS = {"client": 3, "address": 5, "wrong": 2}
    return lambda address="192.0.2.1": rf.post("/", REMOTE_ADDR=address)


@pytest.fixture(autouse=True)
def the_same_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_030.0)


def test_a_client_has_so_many_calls_from_wherever(call: Callable[..., HttpRequest]) -> None:
    for number in range(3):
        count_call(call(f"192.0.2.{number}"), "chat")
        count_answered("chat")
    with pytest.raises(TooMany) as refused:
        count_call(call("192.0.2.9"), "chat")
    assert refused.value.seconds == 30
    count_call(call("192.0.2.9"), "files")


def test_strangers_who_name_a_client_use_up_nothing_of_its_own(
    call: Callable[..., HttpRequest],
) -> None:
    for _ in range(4):
        count_call(call("192.0.2.66"), "chat")
    count_call(call("192.0.2.1"), "chat")


def test_an_address_has_so_many_calls_for_whomever(call: Callable[..., HttpRequest]) -> None:
    for number in range(5):
        count_call(call(), f"client{number}")
    with pytest.raises(TooMany):
        count_call(call(), "another")
    count_call(call("192.0.2.2"), "another")


def test_an_address_with_wrong_secrets_is_not_listened_to(
    call: Callable[..., HttpRequest],
) -> None:
    for _ in range(2):
        count_call(call(), "chat")
        count_wrong_secret(call())
    with pytest.raises(TooMany):
        count_call(call(), "chat")


def test_the_next_minute_begins_anew(
    call: Callable[..., HttpRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        count_call(call(), "chat")
        count_answered("chat")
    monkeypatch.setattr("time.time", lambda: 1_800_000_061.0)
    count_call(call(), "chat")
