"""A key signs for one purpose, and with its PIN: sign-in, second step and proof, by a real key."""

import json
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.signin.allauth_internals import STATE_SESSION_KEY
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.passkeys import (
    PASSKEY_ADD,
    PASSKEY_LOGIN,
    PASSKEY_PROOF,
    SoftwareKey,
    challenge_of,
    key_of,
    sign_in_challenge,
)
from tests.accounts.signin.second_steps import (
    LOGIN,
    LONG_AGO,
    SECOND,
    code_of,
    give_app,
    prove,
    sign_in,
)
from tests.support.cast import Cast

Begin = Callable[[Client, User], str]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def begin_sign_in(client: Client, user: User) -> str:
    return sign_in_challenge(client)


def begin_second_step(client: Client, user: User) -> str:
    sign_in(client, user)
    return challenge_of(client.get(SECOND))


def begin_proof(client: Client, user: User) -> str:
    client.force_login(User.objects.get(pk=user.pk))
    prove(client, user, ago=LONG_AGO)
    return challenge_of(client.get(PASSKEY_PROOF))


def begin_registration(client: Client, user: User) -> str:
    client.force_login(User.objects.get(pk=user.pk))
    prove(client, user)
    return challenge_of(client.get(PASSKEY_ADD))


BEGIN: dict[str, Begin] = {
    PASSKEY_LOGIN: begin_sign_in,
    SECOND: begin_second_step,
    PASSKEY_PROOF: begin_proof,
    PASSKEY_ADD: begin_registration,
}


def was_taken(client: Client, url: str) -> bool:
    """Whether the key counts for what the address is for."""
    if url == PASSKEY_PROOF:
        records = client.session["account_authentication_methods"]
        return any(row["at"] > time.time() - LONG_AGO + 60 for row in records)
    return is_signed_in(client)


@pytest.fixture
def key(cast: Cast) -> SoftwareKey:
    cast.gives_password(cast.alice)
    return key_of(cast.alice)


@pytest.mark.parametrize("url", [PASSKEY_LOGIN, SECOND, PASSKEY_PROOF])
@pytest.mark.parametrize("flag", ["with", "without"])
def test_a_key_counts_with_its_pin_and_not_without(url: str, flag: str, key: SoftwareKey) -> None:
    client = Client()
    challenge = BEGIN[url](client, key.user)
    client.post(url, {"credential": key.signed(challenge, verified=flag == "with")}, secure=True)
    assert was_taken(client, url) is (flag == "with")
    refused = AuditEvent.objects.filter(action=Action.STEP_REFUSED, target_id=key.user.pk)
    # Nobody knows yet whose try it is to sign in by a passkey alone.
    assert refused.exists() is (flag == "without" and url != PASSKEY_LOGIN)


@pytest.mark.parametrize("url", [SECOND, PASSKEY_PROOF])
def test_a_browser_is_told_to_ask_for_the_pin(url: str, key: SoftwareKey) -> None:
    client = Client()
    BEGIN[url](client, key.user)
    assert '"userVerification": "required"' in client.get(url).context["options"]


def end_by_a_new_password(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=7)
    assert client.post(SECOND, {"code": "123456"})["Location"] == LOGIN


def end_by_waiting(client: Client, user: User) -> None:
    session = client.session
    session["account_login"] = {**session["account_login"], "initiated_at": time.time() - 901}
    session.save()
    assert client.get(SECOND)["Location"] == LOGIN


def end_by_signing_in_with_a_code(client: Client, user: User) -> None:
    secret = give_app(user)
    client.post(SECOND, {"code": code_of(secret)})
    assert is_signed_in(client)


ENDS = [end_by_a_new_password, end_by_waiting, end_by_signing_in_with_a_code]


@pytest.mark.parametrize("end", ENDS)
def test_what_a_second_step_had_asked_for_goes_with_the_sign_in(
    end: Callable[[Client, User], None], key: SoftwareKey
) -> None:
    client = Client()
    begin_second_step(client, key.user)
    assert STATE_SESSION_KEY in client.session
    end(client, key.user)
    assert STATE_SESSION_KEY not in client.session


@pytest.mark.parametrize("end", [end_by_a_new_password, end_by_waiting])
@pytest.mark.parametrize("flag", ["with", "without"])
def test_a_found_key_signs_nobody_in_by_a_challenge_of_another_users_second_step(
    end: Callable[[Client, User], None], flag: str, cast: Cast
) -> None:
    """The attacker has an account and a passkey of their own, and has found another's key."""
    cast.gives_password(cast.gail)
    key_of(cast.gail)
    found, client = key_of(cast.alice), Client()
    challenge = begin_second_step(client, cast.gail)
    credential = {"credential": found.signed(challenge, verified=flag == "with")}
    client.post(PASSKEY_LOGIN, credential, secure=True)
    assert not is_signed_in(client)
    # A page of the sign-in, as a browser asks for it, makes no other thing of it.
    challenge = challenge_of(client.get(SECOND))
    client.get(PASSKEY_LOGIN)
    client.post(PASSKEY_LOGIN, credential, secure=True)
    assert not is_signed_in(client)
    challenge = challenge_of(client.get(SECOND))
    kept = client.session[STATE_SESSION_KEY]
    end(client, cast.gail)
    keep_state(client.session, kept)
    credential = {"credential": found.signed(challenge, verified=flag == "with")}
    client.post(PASSKEY_LOGIN, credential, secure=True)
    assert not is_signed_in(client)


def keep_state(session: SessionBase, state: object) -> None:
    """As if the portal had forgotten to drop it: that it is bound to its purpose has to do."""
    session[STATE_SESSION_KEY] = state
    session.save()


@pytest.mark.parametrize("begun", BEGIN)
@pytest.mark.parametrize("url", [PASSKEY_LOGIN, SECOND, PASSKEY_PROOF])
def test_what_was_begun_for_one_purpose_serves_no_other(
    begun: str, url: str, key: SoftwareKey
) -> None:
    """By the whole table of purposes; the key is the user's own, and has asked for its PIN."""
    other, client = Client(), Client()
    challenge = BEGIN[begun](other, key.user)
    BEGIN[url](client, key.user)
    keep_state(client.session, other.session[STATE_SESSION_KEY])
    client.post(url, {"credential": key.signed(challenge, verified=True)}, secure=True)
    assert was_taken(client, url) is (begun == url)


@pytest.mark.parametrize("begun", [PASSKEY_LOGIN, SECOND, PASSKEY_PROOF])
def test_no_key_is_made_by_what_was_begun_to_sign_in(begun: str, key: SoftwareKey) -> None:
    other, client, new = Client(), Client(), SoftwareKey(key.user)
    challenge = BEGIN[begun](other, key.user)
    begin_registration(client, key.user)
    keep_state(client.session, other.session[STATE_SESSION_KEY])
    sent = {"name": "New", "credential": json.dumps(new.made(challenge))}
    assert client.post(PASSKEY_ADD, sent, secure=True).status_code == 200
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.parametrize("flag", ["with", "without"])
def test_a_key_is_kept_that_has_asked_for_its_pin(flag: str, cast: Cast) -> None:
    client, new = Client(), SoftwareKey(cast.alice)
    challenge = begin_registration(client, cast.alice)
    made = new.made(challenge, verified=flag == "with")
    sent = {"name": "New", "credential": json.dumps(made)}
    client.post(PASSKEY_ADD, sent, secure=True)
    assert Authenticator.objects.filter(type="webauthn").exists() is (flag == "with")


def test_what_was_begun_for_a_proof_of_another_user_serves_nobody(
    key: SoftwareKey, cast: Cast
) -> None:
    key_of(cast.gail)
    theirs, client = Client(), Client()
    begin_proof(theirs, cast.gail)
    challenge = theirs.session[STATE_SESSION_KEY]["challenge"]
    begin_proof(client, key.user)
    keep_state(client.session, theirs.session[STATE_SESSION_KEY])
    sent = {"credential": key.signed(challenge, verified=True)}
    client.post(PASSKEY_PROOF, sent, secure=True)
    assert not was_taken(client, PASSKEY_PROOF)
    assert client.get(reverse("accounts:me")).status_code == 200
