"""Secrets of second steps as they lie in the database: which key opens them."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from pytest_django import Settings

from accounts.models import User
from accounts.signin.encryption import reseal, seal, unseal
from customers.errors import Refused
from tests.accounts.signin.second_steps import (
    give_app,
)
from tests.support.cast import Cast


@pytest.fixture
def bob(cast: Cast) -> User:
    cast.gives_password(cast.bob)
    return cast.bob


def test_a_sheets_key_opens_no_second_step(bob: User, settings: Settings) -> None:
    give_app(bob)
    sealed = Authenticator.objects.get(user=bob, type="totp").data["secret"]
    with pytest.raises(InvalidToken):
        Fernet(settings.CREDENTIALS_KEYS[0]).decrypt(sealed)


NEW = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="
OTHER = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="


@pytest.mark.parametrize("text", ["", "a secret", "ß山", "x" * 10_000])
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    assert unseal(seal(text)) == text


def test_nobody_sees_that_two_secrets_are_equal() -> None:
    assert seal("a secret") != seal("a secret")


def test_the_newest_key_seals_and_the_former_ones_still_open(settings: Settings) -> None:
    old = settings.CREDENTIALS_KEYS[0]
    sealed = seal("a secret")
    settings.CREDENTIALS_KEYS = [NEW, old]
    assert unseal(sealed) == "a secret"
    renewed = reseal(sealed)
    settings.CREDENTIALS_KEYS = [NEW]
    assert unseal(renewed) == "a secret"
    settings.CREDENTIALS_KEYS = [old]
    with pytest.raises(Refused):
        unseal(renewed)


@pytest.mark.parametrize("open_it", [unseal, reseal])
@pytest.mark.parametrize(
    "spoil", [lambda _: "", lambda _: "x", lambda sealed: f"{sealed[:-4]}AAA="]
)
def test_what_no_key_has_sealed_is_refused_with_whom_to_ask(
    open_it: Callable[[str], str], spoil: Callable[[str], str]
) -> None:
    with pytest.raises(Refused) as caught:
        open_it(spoil(seal("a secret")))
    assert caught.value.code == "second-step-unreadable"
    assert "Ask for your two-step sign-in to be reset." in str(caught.value)


def test_a_key_that_is_gone_opens_nothing(settings: Settings) -> None:
    sealed = seal("a secret")
    settings.CREDENTIALS_KEYS = [OTHER]
    with pytest.raises(Refused):
        unseal(sealed)
