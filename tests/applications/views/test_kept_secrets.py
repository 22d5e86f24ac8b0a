"""A new secret is kept for who had it made, sealed, until Done or for an hour."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from pytest_django import Settings

from applications.models import Application
from applications.services.applications import renew_secret
from applications.views.kept_secrets import forget_secret, keep_secret, kept_secret
from tests.applications.conftest import Chat
from tests.support.cast import Cast


@pytest.fixture
def request_of_alice(db: None) -> Any:
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def fresh() -> Application:
    return Application.objects.select_related("client").get()


def test_what_is_kept_comes_back_and_lies_sealed(
    request_of_alice: Any, cast: Cast, chat: Chat
) -> None:
    secret = renew_secret(chat.application, actor=cast.alice)
    assert kept_secret(request_of_alice, fresh()) == ""
    keep_secret(request_of_alice, chat.application, secret)
    assert kept_secret(request_of_alice, fresh()) == secret
    assert secret not in str(dict(request_of_alice.session.items()))
    forget_secret(request_of_alice, chat.application)
    assert kept_secret(request_of_alice, fresh()) == ""


def test_a_secret_that_is_no_longer_the_clients_is_not_shown(
    request_of_alice: Any, cast: Cast, chat: Chat
) -> None:
    keep_secret(
        request_of_alice, chat.application, renew_secret(chat.application, actor=cast.alice)
    )
    renew_secret(chat.application, actor=cast.alice)
    assert kept_secret(request_of_alice, fresh()) == ""


def test_an_hour_later_it_is_gone(request_of_alice: Any, cast: Cast, chat: Chat) -> None:
    secret = renew_secret(chat.application, actor=cast.alice)
    keep_secret(request_of_alice, chat.application, secret)
    [(pk, (sealed, until))] = request_of_alice.session["client-secrets"].items()
    assert until == pytest.approx(time.time() + 3_600, abs=60)
    request_of_alice.session["client-secrets"] = {pk: [sealed, time.time() - 1]}
    assert kept_secret(request_of_alice, fresh()) == ""


def test_without_its_key_it_is_gone(
    request_of_alice: Any, cast: Cast, chat: Chat, settings: Settings
) -> None:
    secret = renew_secret(chat.application, actor=cast.alice)
    keep_secret(request_of_alice, chat.application, secret)
    settings.CREDENTIALS_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    assert kept_secret(request_of_alice, fresh()) == ""
