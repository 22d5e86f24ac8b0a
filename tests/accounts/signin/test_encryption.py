"""Secrets of second steps as they lie in the database: which key opens them."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from pytest_django import Settings

from accounts.models import User
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
