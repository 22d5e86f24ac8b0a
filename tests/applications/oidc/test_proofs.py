"""What a session has proven, in an application's words."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.test import RequestFactory
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from accounts.models import User
from applications.oidc.proofs import BACK_WITHIN, Asked, Proof, needs_proof
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def request_of(user: User, query: str = "", *records: dict[str, Any]) -> HttpRequest:
    request = RequestFactory().get(f"/oidc/authorize?{query}")
    request.user, request.session = user, SessionBase()
    request.session["account_authentication_methods"] = list(records)
    request.session["account_authentication_methods_user"] = str(user.pk)
    return request


def proven(method: str, ago: float = 0, **more: Any) -> dict[str, Any]:
    return {"method": method, "at": time.time() - ago, **more}


@pytest.mark.parametrize(
    ("records", "amr", "acr"),
    [
        ([], [], "1"),
        ([proven("password")], ["pwd"], "1"),
        ([proven("password"), proven("mfa", type="totp")], ["pwd", "otp", "mfa"], "2"),
        ([proven("password"), proven("mfa", type="recovery_codes")], ["pwd", "otp", "mfa"], "2"),
        ([proven("mfa", type="webauthn", passwordless=True)], ["pop", "mfa"], "2"),
        ([proven("password", 60), proven("password")], ["pwd"], "1"),
    ],
)
def test_the_words_are_those_of_rfc_8176(
    cast: Cast, records: list[dict[str, Any]], amr: list[str], acr: str
) -> None:
    proof = Proof.of(request_of(cast.uma, "", *records), cast.uma)
    assert (proof.amr, proof.acr) == (amr, acr)


def test_the_time_is_that_of_the_last_proof(cast: Cast) -> None:
    request = request_of(cast.uma, "", proven("password", 500), proven("mfa", 100, type="totp"))
    proof = Proof.of(request, cast.uma)
    assert proof.auth_time.timestamp() == pytest.approx(time.time() - 100, abs=30)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", Asked(silent=False, anew=False, max_age=None, two_steps=False)),
        ("prompt=none", Asked(silent=True, anew=False, max_age=None, two_steps=False)),
        ("prompt=consent", Asked(silent=False, anew=False, max_age=None, two_steps=False)),
        ("prompt=consent+login", Asked(silent=False, anew=True, max_age=None, two_steps=False)),
        ("prompt=select_account", Asked(silent=False, anew=True, max_age=None, two_steps=False)),
        ("max_age=7", Asked(silent=False, anew=False, max_age=7, two_steps=False)),
        ("acr_values=2+1", Asked(silent=False, anew=False, max_age=None, two_steps=True)),
        ("acr_values=1+2", Asked(silent=False, anew=False, max_age=None, two_steps=False)),
    ],
)
def test_what_is_asked_is_read_from_the_address(cast: Cast, query: str, asked: Asked) -> None:
    assert Asked.of(request_of(cast.uma, query)) == asked


@pytest.mark.parametrize("text", ["-1", "soon", "1.5", "9" * 30])
def test_an_age_that_is_no_number_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(InvalidRequestError):
        Asked.of(request_of(cast.uma, f"max_age={text}"))


@pytest.mark.parametrize(
    ("query", "ago", "needed"),
    [
        ("", 10_000, False),
        ("max_age=3600", 60, False),
        ("max_age=60", 3_600, True),
        ("max_age=0", 1, True),
        ("prompt=login", 1, True),
    ],
)
def test_an_old_proof_is_not_enough(cast: Cast, query: str, ago: int, *, needed: bool) -> None:
    request = request_of(cast.uma, query, proven("password", ago))
    assert needs_proof(request, cast.uma, Asked.of(request)) is needed


def test_a_proof_counts_once_for_the_request_that_asked_for_it(cast: Cast) -> None:
    request = request_of(cast.uma, "prompt=login", proven("password", 10))
    asked = Asked.of(request)
    assert needs_proof(request, cast.uma, asked)
    request.session["account_authentication_methods"] = [proven("password", -1)]
    other = RequestFactory().get("/oidc/authorize?prompt=login&state=other")
    other.user, other.session = cast.uma, request.session
    before = dict(request.session.items())
    assert needs_proof(other, cast.uma, asked)
    request.session.update(before)
    assert not needs_proof(request, cast.uma, asked)
    assert needs_proof(request, cast.uma, asked)


@pytest.mark.parametrize(("late", "needed"), [(-60, False), (60, True)])
def test_a_request_that_comes_back_much_later_is_a_new_one(
    cast: Cast, late: int, *, needed: bool
) -> None:
    """Else a proof that was given since, for something else, would be the one it asked for."""
    request = request_of(cast.uma, "prompt=login", proven("password", 3_600))
    asked = Asked.of(request)
    assert needs_proof(request, cast.uma, asked)
    request.session["applications.asked"]["at"] -= BACK_WITHIN + late
    request.session["account_authentication_methods"] = [proven("password", 10)]
    assert needs_proof(request, cast.uma, asked) is needed
    # From now on it counts as one that came just now.
    request.session["account_authentication_methods"] = [proven("password", -1)]
    assert needs_proof(request, cast.uma, asked) is (not needed)
