"""Two-step sign-in with an authenticator app and recovery codes, by real codes."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from fido2.utils import websafe_encode
from pytest_django import Settings

from accounts.models import User
from accounts.services.second_steps import use_code
from accounts.services.staff import reset_staff_password
from customers.actions import Action
from customers.log.history import describe
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import (
    PERIOD,
    SECOND,
    code_of,
    give_app,
    prove,
    recovery_codes,
    second_step,
    sign_in,
    signed_in_by_both,
    spent_code,
    stored,
    unsealed,
    wrong_code,
)
from tests.support.cast import PASSWORD, Cast

SETUP = "/accounts/2fa/totp/activate/"
CODES = "/accounts/2fa/recovery-codes/"
PROOF = "/accounts/2fa/reauthenticate/"
ASKED = b'{"type": "webauthn.get", "challenge": "AA", "origin": "https://testserver"}'
SIGNED = {
    "clientDataJSON": websafe_encode(ASKED),
    "authenticatorData": websafe_encode(bytes(37)),
    "signature": "AA",
}
# Well-formed, and nobody's.
PASSKEY = {"id": "AA", "rawId": "AA", "type": "public-key", "response": SIGNED}


def shown_secret(client: Client) -> str:
    [key] = re.findall(r'id="app-key">([A-Z2-7 ]+)<', client.get(SETUP).content.decode())
    return str(key).replace(" ", "")


@pytest.fixture
def bob(cast: Cast) -> User:
    cast.gives_password(cast.bob)
    return cast.bob


def test_an_app_is_set_up_with_its_first_code_and_codes_are_shown(bob: User) -> None:
    client = Client()
    sign_in(client, bob)
    secret = shown_secret(client)
    assert secret == shown_secret(client), "a reloaded page fits what was scanned"
    assert client.post(SETUP, {"code": wrong_code(secret)}).status_code == 200
    assert client.post(SETUP, {"code": code_of(secret)})["Location"] == CODES
    page = client.get(CODES).content.decode()
    assert unsealed(bob) == secret
    assert [f"{code[:4]} {code[4:]}" in page for code in recovery_codes(bob)] == [True] * 10
    actions = AuditEvent.objects.filter(target_id=bob.pk).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        Action.SIGNED_IN,
        Action.STEP_ADDED,
        Action.CODES_MADE,
        Action.CODES_SHOWN,
    ]


def test_no_secret_lies_in_the_database_nor_in_the_log(bob: User) -> None:
    client = Client()
    sign_in(client, bob)
    secret = shown_secret(client)
    [session] = [row.get_decoded() for row in Session.objects.all()]
    assert secret not in repr(session)
    client.post(SETUP, {"code": code_of(secret)})
    client.get(CODES)
    log = repr(list(AuditEvent.objects.values("changes", "reason", "names__changes")))
    for hidden in (secret, *recovery_codes(bob)):
        assert hidden not in stored(bob)
        assert hidden not in log


def test_the_code_that_set_it_up_does_not_sign_in(bob: User) -> None:
    client = Client()
    sign_in(client, bob)
    secret = shown_secret(client)
    code = code_of(secret)
    client.post(SETUP, {"code": code})
    other = Client()
    sign_in(other, bob)
    assert second_step(other, code).status_code == 200
    assert "sessionid" not in other.cookies or not _is_signed_in(other)


def _is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:me")).status_code == 200


def test_the_password_alone_signs_nobody_in_who_has_a_second_step(bob: User) -> None:
    secret, client = give_app(bob), Client()
    assert sign_in(client, bob)["Location"] == SECOND
    assert not _is_signed_in(client)
    assert second_step(client, wrong_code(secret)).status_code == 200
    assert not _is_signed_in(client)
    assert second_step(client, code_of(secret)).status_code == 302
    assert _is_signed_in(client)


def test_a_wrong_password_is_answered_alike_with_and_without_a_second_step(bob: User) -> None:
    plain = sign_in(Client(), bob, "not the password")
    give_app(bob)
    assert (
        sign_in(Client(), bob, "not the password").content.count(b"Incorrect user name or password")
        == 1
    )
    assert plain.content.count(b"Incorrect user name or password") == 1
    assert "Location" not in plain.headers
    assert Client().get(SECOND)["Location"] == "/accounts/login/"


def test_no_code_is_taken_twice_even_by_another_browser(bob: User) -> None:
    _client, secret = signed_in_by_both(bob)
    other = Client()
    sign_in(other, bob)
    assert second_step(other, spent_code(bob, secret)).status_code == 200
    assert not _is_signed_in(other)


def test_spent_codes_stay_spent_while_the_cache_forgets(bob: User) -> None:
    secret, now = give_app(bob), time.time()
    code = code_of(secret, at=now)
    assert use_code(bob, code, at=now) is not None
    # Later, as long as the code would be near enough.
    assert [use_code(bob, code, at=now + later) for later in (0, PERIOD)] == [None, None]
    assert use_code(bob, code_of(secret, at=now + PERIOD), at=now) is not None
    # An earlier code than the last one is as good as spent.
    assert use_code(bob, code_of(secret, at=now), at=now) is None


def test_codes_are_right_for_one_step_before_and_after_and_no_longer(bob: User) -> None:
    secret, now = give_app(bob), 1_800_000_000.0
    found = []
    for steps in (-2, 2, -1, 0, 1):
        code = code_of(secret, at=now + steps * PERIOD)
        found.append(use_code(bob, code, at=now) is not None)
    assert found == [False, False, True, True, True]


def test_a_recovery_code_signs_in_once(bob: User) -> None:
    give_app(bob)
    code = recovery_codes(bob)[3]
    client, other = Client(), Client()
    sign_in(client, bob)
    second_step(client, f"{code[:4]} {code[4:]}")
    assert _is_signed_in(client)
    sign_in(other, bob)
    assert second_step(other, code).status_code == 200
    assert not _is_signed_in(other)
    event = AuditEvent.objects.get(action=Action.CODE_USED)
    assert (event.target_id, event.changes) == (bob.pk, {"recovery_codes_left": 9})


def test_too_many_wrong_codes_have_to_wait_even_for_the_right_one(bob: User) -> None:
    secret, client = give_app(bob), Client()
    sign_in(client, bob)
    answers = [second_step(client, wrong_code(secret)).content for _try in range(8)]
    assert b"Too many attempts" not in answers[0]
    assert b"Too many attempts" in answers[-1]
    assert b"Too many attempts" in second_step(client, code_of(secret)).content
    assert not _is_signed_in(client)
    # What was not looked at floods no log.
    refused = AuditEvent.objects.filter(action=Action.STEP_REFUSED)
    assert list(refused.values_list("actor_id", "target_id", "changes__kind").distinct()) == [
        (bob.pk, bob.pk, "code")
    ]
    assert refused.count() == sum(b"Too many attempts" not in answer for answer in answers) == 5


def test_a_refused_second_step_stands_in_the_log_a_refused_password_does_not(bob: User) -> None:
    secret, client = give_app(bob), Client()
    sign_in(client, bob, "not the password")
    second_step(client, wrong_code(secret))
    assert _kinds() == []
    sign_in(client, bob)
    second_step(client, "")
    assert _kinds() == []
    second_step(client, wrong_code(secret))
    client.post(SECOND, {"credential": json.dumps({"id": "AA"})})
    assert _kinds() == ["code"], "what no browser sends is not looked at"
    client.post(SECOND, {"credential": json.dumps(PASSKEY)})
    assert _kinds() == ["code", "webauthn"]
    second_step(client, code_of(secret))
    client.post(PROOF, {"code": wrong_code(secret)})
    assert _kinds() == ["code", "webauthn", "code"]
    event = AuditEvent.objects.filter(action=Action.STEP_REFUSED).select_related("names")[0]
    assert (event.partner_id, event.names.target) == (bob.partner_id, f"Bob ({bob.user_name})")
    assert describe(event) == ["Kind: Code"]


def _kinds() -> list[str]:
    refused = AuditEvent.objects.filter(action=Action.STEP_REFUSED).order_by("pk")
    return list(refused.values_list("changes__kind", flat=True))


def test_a_session_epoch_that_rose_between_the_steps_is_heeded(bob: User) -> None:
    """Blocked between password and code: nobody is signed in."""
    secret, client = give_app(bob), Client()
    sign_in(client, bob)
    User.objects.filter(pk=bob.pk).update(blocked_at="2026-01-01T00:00Z")
    second_step(client, code_of(secret))
    assert not _is_signed_in(client)


def test_a_reset_between_password_and_code_lets_nobody_in(bob: User, cast: Cast) -> None:
    """The old password must not lead to choosing a new one."""
    secret, client = give_app(bob), Client()
    sign_in(client, bob)
    now = User.objects.get(pk=bob.pk)
    reset_staff_password(now, epoch=now.session_epoch, actor=cast.alice)
    answer = second_step(client, code_of(secret))
    assert answer["Location"] == "/accounts/login/"
    assert client.get("/accounts/password/choose/").status_code == 302
    assert second_step(client, code_of(secret))["Location"] == "/accounts/login/"


def test_nothing_secret_gets_into_the_logs(bob: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client = Client()
    sign_in(client, bob)
    secret = shown_secret(client)
    used = [wrong_code(secret), code_of(secret)]
    for code in used:
        client.post(SETUP, {"code": code})
    client.get(CODES)
    other = Client()
    sign_in(other, bob)
    used += [code_of(secret, at=time.time() + PERIOD), *recovery_codes(bob)]
    second_step(other, used[2])
    second_step(other, used[3])
    assert _is_signed_in(other)
    text = caplog.text
    assert "/accounts/2fa/" in text
    assert [hidden for hidden in (secret, PASSWORD, *used[3:]) if hidden in text] == []


def test_codes_work_while_redis_is_away_and_none_twice(bob: User, settings: Settings) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}
    }
    client, secret = signed_in_by_both(bob)
    assert _is_signed_in(client)
    other = Client()
    sign_in(other, bob)
    assert second_step(other, spent_code(bob, secret)).status_code == 200
    assert not _is_signed_in(other)


def test_the_banner_tells_support_staff_that_nothing_is_required(
    cast: Cast, settings: Settings
) -> None:
    text = "Two-step sign-in is not required on this portal."
    for user, path, told in (
        (cast.alice, "/customers/", False),
        (cast.support, "/admin/", True),
        (cast.support, "/me/account/", True),
        (cast.uma, "/me/account/", False),
    ):
        client = Client()
        client.force_login(user)
        prove(client, user)
        settings.REQUIRE_MFA = False
        assert (text in client.get(path).content.decode()) is told
        settings.REQUIRE_MFA = True
        assert text not in client.get(path).content.decode()


def test_the_last_step_can_be_removed_by_a_user_who_need_not_have_one(cast: Cast) -> None:
    client, _secret = signed_in_by_both(cast.uma)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.uma).exists()
    event = AuditEvent.objects.get(action=Action.STEP_REMOVED)
    assert (event.actor_id, event.changes) == (cast.uma.pk, {"kind": "totp"})


def test_the_last_step_of_staff_stays_while_it_is_required(bob: User, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    client, _secret = signed_in_by_both(bob)
    page = client.post("/accounts/2fa/totp/deactivate/", follow=True)
    assert "Set up another first" in page.content.decode()
    assert Authenticator.objects.filter(user=bob, type="totp").exists()


def test_a_lost_key_is_said_in_words(bob: User, settings: Settings) -> None:
    secret, client = give_app(bob), Client()
    settings.CREDENTIALS_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    sign_in(client, bob)
    page = second_step(client, code_of(secret))
    assert "its key is missing" in page.content.decode()
    assert not _is_signed_in(client)


def test_staff_without_a_password_of_their_own_first_choose_one(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    cast.gives_password(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(must_change_password=True)
    client, new = Client(), "seven wooden rivers"
    sign_in(client, cast.bob, PASSWORD)
    assert client.get("/accounts/2fa/")["Location"] == "/accounts/password/choose/"
    client.post("/accounts/password/choose/", {"password1": new, "password2": new})
    assert client.get("/customers/")["Location"] == "/accounts/2fa/"
    secret = shown_secret(client)
    client.post(SETUP, {"code": code_of(secret)})
    assert client.get("/customers/").status_code == 200


def test_a_user_who_took_the_step_costs_no_query_more(cast: Cast, settings: Settings) -> None:
    found = []
    client, _secret = signed_in_by_both(cast.alice)
    for required in (False, True):
        settings.REQUIRE_MFA = required
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/customers/").status_code == 200
        found.append(len(queries))
    assert found[0] == found[1]
