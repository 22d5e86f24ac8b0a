"""A new secret is kept for who had it made, sealed, until Done or for an hour."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from pytest_django import Settings

from accounts.signin.kept_secrets import KeptSecrets

KEPT = KeptSecrets("secrets-of-tests", b"partner portal: secrets of tests")
SECRET = "green-kettle-hums-9"


@pytest.fixture
def request_of_alice(db: None) -> Any:
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def test_what_is_kept_comes_back_and_lies_sealed(request_of_alice: Any) -> None:
    assert KEPT.find(request_of_alice, 7) == ""
    KEPT.keep(request_of_alice, 7, SECRET)
    KEPT.keep(request_of_alice, 8, "another")
    assert KEPT.find(request_of_alice, 7) == SECRET
    assert SECRET not in str(dict(request_of_alice.session.items()))
    KEPT.forget(request_of_alice, 7)
    found = [KEPT.find(request_of_alice, pk) for pk in (7, 8, 9)]
    assert found == ["", "another", ""]


def second_click_of(first: Any) -> Any:
    """A request of the same session as this one has it by now."""
    first.session.save()
    second: Any = RequestFactory().get("/")
    second.session = SessionStore(first.session.session_key)
    return second


def test_what_the_first_of_two_clicks_has_kept_the_second_finds(request_of_alice: Any) -> None:
    second = second_click_of(request_of_alice)
    # Both have read their session before either has an answer.
    assert KEPT.find(second, 7) == ""
    KEPT.keep(request_of_alice, 7, SECRET)
    request_of_alice.session.save()
    assert KEPT.find(second, 7) == SECRET
    assert not second.session.modified


def test_the_secret_of_before_hides_none_that_the_first_click_has_kept(
    request_of_alice: Any,
) -> None:
    KEPT.keep(request_of_alice, 7, "that of before")
    second = second_click_of(request_of_alice)
    assert KEPT.find(second, 7) == "that of before"
    KEPT.keep(request_of_alice, 7, SECRET)
    request_of_alice.session.save()
    assert KEPT.find(second, 7, SECRET.__eq__) == SECRET
    assert KEPT.find(second, 7, "neither of them".__eq__) == ""


def test_what_is_kept_of_one_kind_is_not_found_as_another(request_of_alice: Any) -> None:
    KEPT.keep(request_of_alice, 7, SECRET)
    assert KeptSecrets("others", KEPT.purpose).find(request_of_alice, 7) == ""
    assert KeptSecrets(KEPT.key, b"another purpose").find(request_of_alice, 7) == ""


def test_forgetting_what_is_not_there_writes_no_session(request_of_alice: Any) -> None:
    KEPT.forget(request_of_alice, 7)
    assert not request_of_alice.session.modified


def test_an_hour_later_it_is_gone(request_of_alice: Any) -> None:
    KEPT.keep(request_of_alice, 7, SECRET)
    [(pk, (sealed, until))] = request_of_alice.session[KEPT.key].items()
    assert until == pytest.approx(time.time() + 3_600, abs=60)
    request_of_alice.session[KEPT.key] = {pk: [sealed, time.time() - 1]}
    assert KEPT.find(request_of_alice, 7) == ""


def test_without_its_key_it_is_gone(request_of_alice: Any, settings: Settings) -> None:
    KEPT.keep(request_of_alice, 7, SECRET)
    settings.CREDENTIALS_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    assert KEPT.find(request_of_alice, 7) == ""
