"""What the portal relies on of allauth that allauth may change: read this first at an upgrade."""

import ast
import base64
import inspect
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.signin import allauth_internals as internals
from accounts.signin.limits import take
from accounts.signin.mfa import as_json
from tests.support.cast import Cast
from tests.support.house import BASE_DIR, OUR_PACKAGES, modules, tree

HERE = Path("accounts/signin/allauth_internals.py")
APP = {"app": "allauth.account"}
# What the portal passes, by name: an argument that is renamed or new without a default is told.
SIGNATURES = {
    "begin_registration": ["user", "passwordless"],
    "compare_user_code": ["actual", "expected"],
    "complete_authentication": ["user", "response"],
    "format_hotp_value": ["value"],
    "generate_totp_secret": ["length"],
    "get_authentication_records": ["request", "user"],
    "hotp_value": ["secret", "counter"],
    "parse_authentication_response": ["response"],
    "record_authentication": ["request", "user", "method", "extra_data"],
}


@pytest.fixture
def request_of(rf: RequestFactory) -> HttpRequest:
    request = rf.post("/")
    request.session, request.user = SessionBase(), AnonymousUser()
    return request


def names_internals(module: Path) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and re.match(r"allauth\..*\binternal\b", node.module or "")
        for node in ast.walk(tree(module))
    )


def test_one_module_of_an_app_imports_what_allauth_calls_internal() -> None:
    found = [path for path in modules(*OUR_PACKAGES, "tests") if names_internals(path)]
    assert found == [HERE, Path("applications/oidc/allauth_internals.py")]


def test_the_installed_version_is_one_that_was_read() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    [wanted] = [one for one in project["dependencies"] if one.startswith("django-allauth")]
    assert wanted == "django-allauth[idp-oidc,mfa]>=65.22.1,<65.23"
    assert version("django-allauth").split(".")[:2] == ["65", "22"]


@pytest.mark.parametrize("name", SIGNATURES)
def test_what_is_called_takes_what_it_took(name: str) -> None:
    assert list(inspect.signature(getattr(internals, name)).parameters) == SIGNATURES[name]


def test_every_name_is_known_here() -> None:
    others = {"LOGIN_SESSION_KEY", "STATE_SESSION_KEY", "RecoveryCodes", "WebAuthn", "ratelimit"}
    assert set(internals.__all__) == SIGNATURES.keys() | others


def test_sessions_keep_sign_ins_and_ceremonies_under_these_keys() -> None:
    """Sessions that were begun before an upgrade are read after it."""
    assert internals.LOGIN_SESSION_KEY == "account_login"
    assert internals.STATE_SESSION_KEY == "mfa.webauthn.state"


def test_records_tell_what_was_proven_of_this_user_alone(
    cast: Cast, request_of: HttpRequest
) -> None:
    internals.record_authentication(request_of, cast.bob, "mfa", type="totp", reauthenticated=True)
    [record] = internals.get_authentication_records(request_of, cast.bob)
    assert (record["method"], record["type"], record["reauthenticated"]) == ("mfa", "totp", True)
    assert isinstance(record["at"], float)
    assert internals.get_authentication_records(request_of, cast.alice) == []
    assert internals.get_authentication_records(request_of, None) == []


def test_codes_are_those_of_rfc_4226() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    codes = [internals.format_hotp_value(internals.hotp_value(secret, n)) for n in range(4)]
    assert codes == ["755224", "287082", "359152", "969429"]


def test_secrets_are_random_and_as_long_as_rfc_4226_wants() -> None:
    one, other = internals.generate_totp_secret(), internals.generate_totp_secret()
    assert one != other
    assert len(base64.b32decode(one)) == 20


@pytest.mark.parametrize(
    ("typed", "same"), [("123 456", True), ("123-456", True), ("123457", False), ("", False)]
)
def test_a_code_is_compared_without_what_people_put_between(typed: str, same: bool) -> None:  # noqa: FBT001
    assert internals.compare_user_code(actual=typed, expected="123456") is same


def test_recovery_codes_are_ten_that_each_are_right_once(cast: Cast) -> None:
    codes = internals.RecoveryCodes.activate(cast.bob)
    row = Authenticator.objects.get(user=cast.bob, type=Authenticator.Type.RECOVERY_CODES)
    assert row.data["used_mask"] == 0
    first, *_others = unused = codes.get_unused_codes()
    assert len(set(unused)) == 10
    assert [row.wrap().validate_code(first), row.wrap().validate_code(first)] == [True, False]
    row.refresh_from_db()
    assert row.data["used_mask"] == 1


def test_a_ceremony_leaves_its_state_in_the_session(cast: Cast, request_of: HttpRequest) -> None:
    with context.request_context(request_of):
        options = internals.begin_registration(cast.bob, passwordless=True)
        state = request_of.session[internals.STATE_SESSION_KEY]
    chosen = as_json(options)
    assert '"residentKey": "required"' in chosen
    assert '"userVerification": "required"' in chosen
    assert state["user_verification"] == "required"
    assert isinstance(state["challenge"], str)


def test_a_passkeys_row_holds_its_name_and_credential(cast: Cast) -> None:
    internals.WebAuthn.add(cast.bob, "Laptop", {"id": "x"})
    row = Authenticator.objects.get(user=cast.bob)
    assert (row.type, row.data) == ("webauthn", {"name": "Laptop", "credential": {"id": "x"}})


def test_an_answer_that_is_none_is_told_in_a_sentence(cast: Cast, request_of: HttpRequest) -> None:
    with context.request_context(request_of):
        with pytest.raises(ValidationError):
            internals.parse_authentication_response({"id": "one", "rawId": "other"})
        with pytest.raises(ValidationError):
            internals.complete_authentication(cast.bob, {})


def test_a_limit_counts_gives_back_and_forgets(request_of: HttpRequest, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "sign_in": "2/m/key"}
    about = {**APP, "action": "sign_in", "key": "bob"}
    consume, [rate] = (
        internals.ratelimit.consume,
        internals.ratelimit.get_rates(**APP, action="sign_in"),
    )
    assert (rate.amount, rate.duration, rate.per) == (2, 60, "key")
    first, second = consume(request_of, **about), consume(request_of, **about)
    assert consume(request_of, **about) is None
    second.rollback()
    assert consume(request_of, **about) is not None
    internals.ratelimit.clear(request_of, **about)
    assert first is not None
    assert consume(request_of, **about) is not None


@pytest.mark.django_db
def test_the_history_of_a_limit_is_in_the_cache_the_newest_first(
    request_of: HttpRequest, settings: Any
) -> None:
    """By it the portal says how long to wait."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "sign_in": "2/m/key"}
    take(request_of, "sign_in", key="bob")
    take(request_of, "sign_in", key="bob")
    with pytest.raises(ImmediateHttpResponse) as refused:
        take(request_of, "sign_in", key="bob")
    assert refused.value.response.status_code == 429
    assert 1 <= request_of.META["portal.wait"] <= 60


def test_a_get_is_counted_when_it_is_asked_for(rf: RequestFactory, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "sign_in": "1/m/key"}
    about = {**APP, "action": "sign_in", "key": "bob"}
    consume, page = internals.ratelimit.consume, rf.get("/")
    assert [bool(consume(page, **about)) for _try in range(2)] == [True, True]
    counted = [consume(page, **about, limit_get=True) for _try in range(2)]
    assert [usage is not None for usage in counted] == [True, False]
