"""Who must have a second step, who has one, and what the portal tells allauth of it."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.cache import SessionStore
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from accounts.signin.mfa import (
    STEPS,
    SecondStepAdapter,
    as_json,
    has_second_step,
    having_second_step,
    last_step_at,
    must_have_second_step,
    took_second_step,
)
from tests.accounts.signin.passkeys import key_of
from tests.accounts.signin.second_steps import give_app
from tests.support.cast import Cast


@pytest.mark.parametrize(
    "who, must", [("alice", True), ("support", True), ("gail", False), ("uma", False)]
)
def test_staff_must_have_one_and_customers_users_need_not(
    who: str, cast: Cast, settings: Settings, *, must: bool
) -> None:
    settings.REQUIRE_MFA = True
    assert must_have_second_step(getattr(cast, who)) is must
    settings.REQUIRE_MFA = False
    assert not must_have_second_step(getattr(cast, who))


def test_app_and_passkey_are_second_steps(cast: Cast) -> None:
    assert not has_second_step(cast.bob)
    give_app(cast.bob)
    key_of(cast.alice)
    assert has_second_step(cast.bob)
    assert has_second_step(cast.alice)


def test_recovery_codes_alone_are_none(cast: Cast) -> None:
    give_app(cast.bob)
    Authenticator.objects.filter(user=cast.bob, type__in=STEPS).delete()
    assert Authenticator.objects.filter(user=cast.bob).exists()
    assert not has_second_step(cast.bob)
    assert having_second_step([cast.bob]) == set()


def test_of_many_it_is_told_in_one_query(cast: Cast) -> None:
    give_app(cast.bob)
    key_of(cast.bob)
    give_app(cast.uma)
    with CaptureQueriesContext(connection) as queries:
        found = having_second_step([cast.alice, cast.bob, cast.uma, cast.gail])
    assert found == {cast.bob.pk, cast.uma.pk}
    assert len(queries) == 1
    assert having_second_step([]) == set()


def request_of(user: User, *records: dict[str, Any], of: User | None = None) -> HttpRequest:
    """A request in whose session the `user`, or another, has proven these."""
    request = RequestFactory().get("/")
    request.user, request.session = user, SessionStore()
    request.session["account_authentication_methods"] = list(records)
    request.session["account_authentication_methods_user"] = str((of or user).pk)
    return request


def test_a_step_of_this_session_was_taken_however_long_ago(cast: Cast) -> None:
    long_ago = {"method": "mfa", "at": time.time() - 1_000_000}
    password = {"method": "password", "at": time.time()}
    assert took_second_step(request_of(cast.bob, long_ago, password))
    assert not took_second_step(request_of(cast.bob, password))
    assert not took_second_step(request_of(cast.bob))


def test_the_last_of_several_proofs_counts(cast: Cast) -> None:
    request = request_of(
        cast.bob,
        {"method": "mfa", "at": 20.0},
        {"method": "mfa", "at": 10.0},
        {"method": "password", "at": 30.0},
    )
    assert last_step_at(request, "mfa") == 20.0
    assert last_step_at(request, "password") == 30.0
    assert last_step_at(request_of(cast.bob), "mfa") is None


def test_what_another_user_has_proven_is_no_proof(cast: Cast) -> None:
    request = request_of(cast.bob, {"method": "mfa", "at": time.time()}, of=cast.alice)
    assert not took_second_step(request)
    assert last_step_at(request, "mfa") is None


def test_what_the_browser_is_asked_for_is_json() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert json.loads(as_json({"at": moment, "ids": [1]})) == {
        "at": "2026-01-02T03:04:05Z",
        "ids": [1],
    }


def test_what_is_sealed_is_not_what_was_given() -> None:
    adapter = SecondStepAdapter()
    sealed = adapter.encrypt("a secret")
    assert "secret" not in sealed
    assert adapter.decrypt(sealed) == "a secret"


def test_the_code_to_scan_is_drawn_without_a_page_of_others() -> None:
    drawn = SecondStepAdapter().build_totp_svg("otpauth://totp/x?secret=ABC")
    assert "<svg" in drawn
    assert "http://" not in drawn.replace("http://www.w3.org/", "")
    assert "ABC" not in drawn


def test_passkeys_are_numbered_and_belong_to_the_portal_and_a_name(
    cast: Cast, settings: Settings
) -> None:
    adapter = SecondStepAdapter()
    assert adapter.generate_authenticator_name(cast.bob, "webauthn") == "Passkey 1"
    key_of(cast.bob)
    assert adapter.generate_authenticator_name(cast.bob, "webauthn") == "Passkey 2"
    assert adapter.generate_authenticator_name(cast.uma, "webauthn") == "Passkey 1"
    assert adapter.get_public_key_credential_user_entity(cast.bob)["display_name"] == str(cast.bob)
