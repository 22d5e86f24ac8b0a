"""A key is changed while people work: nobody is signed out, and no open sheet is lost."""

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from tests.accounts.sheets import add, slips
from tests.support.cast import Cast

NEW = "kX3v9-qT7bN2_wZ5rY8mC1pL4sD6fG0hJaEuIoVyBtRxKnMwQz"


def signed_in(client: Client) -> bool:
    return client.get("/customers/").status_code == 200


def test_sessions_outlive_a_new_secret_key_as_long_as_the_old_one_is_named(
    client: Client, cast: Cast, settings: Settings
) -> None:
    old = django_settings.SECRET_KEY
    form = {"login": cast.alice.user_name, "password": cast.gives_password(cast.alice)}
    client.post("/accounts/login/", form)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    assert signed_in(client)
    # Seen once under the new key, a session needs the old one no more.
    settings.SECRET_KEY_FALLBACKS = []
    assert signed_in(client)


def test_without_the_old_secret_key_every_user_signs_in_again(
    client: Client, cast: Cast, settings: Settings
) -> None:
    password = cast.gives_password(cast.alice)
    form = {"login": cast.alice.user_name, "password": password}
    client.post("/accounts/login/", form)
    settings.SECRET_KEY = NEW
    assert not signed_in(client)
    assert Client().post("/accounts/login/", form).status_code == 302


def test_open_sheets_outlive_a_new_key_in_front_of_the_old(cast: Cast, settings: Settings) -> None:
    old, new = django_settings.CREDENTIALS_KEYS[0], Fernet.generate_key().decode()
    before = add(cast, "Ada")
    password = slips(before)[0].password
    settings.CREDENTIALS_KEYS = [new, old]
    assert slips(before)[0].password == password
    after = add(cast, "Grace")
    settings.CREDENTIALS_KEYS = [new]
    assert len(slips(after)) == 1
    with pytest.raises(Exception, match="can no longer be read"):
        slips(before)
