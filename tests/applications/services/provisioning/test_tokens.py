"""Tokens of applications are sealed, for this purpose alone."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from pytest_django import Settings

from accounts.signin import encryption
from applications.services.provisioning.tokens import seal_token, unseal_token


def test_a_sealed_token_opens_with_its_key_alone(settings: Settings) -> None:
    sealed = seal_token("secret")
    assert "secret" not in sealed
    assert unseal_token(sealed) == "secret"
    former = settings.CREDENTIALS_KEYS
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode(), *former]
    assert unseal_token(sealed) == "secret"
    settings.CREDENTIALS_KEYS = settings.CREDENTIALS_KEYS[:1]
    with pytest.raises(InvalidToken):
        unseal_token(sealed)


def test_what_is_sealed_for_another_purpose_is_no_token() -> None:
    with pytest.raises(InvalidToken):
        unseal_token(encryption.seal("secret"))
