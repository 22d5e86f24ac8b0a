"""A right password at whatever door: how long a temporary one is one, and what it costs to try."""

import inspect
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import authenticate
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services.credentials import slips_of
from accounts.services.users import block_users, reset_passwords
from accounts.signin.admission import NotAdmitted
from tests.accounts.signin.second_steps import LOGIN
from tests.factories import UserFactory
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

TEMPORARY = "abcd-efgh-jkmn"
EXPIRED = (
    "This temporary password has expired. Ask the administrator who gave it to you for a new one."
)


@pytest.fixture
def nora(cast: Cast, settings: Settings) -> User:
    """Whose temporary password has expired."""
    nora = UserFactory.create(
        customer=cast.contoso,
        local_part="nora",
        password=TEMPORARY.replace("-", ""),
        temporary=True,
    )
    assert authenticate(username=nora.user_name, password=TEMPORARY) == nora
    settings.TEMPORARY_PASSWORD_DAYS = 0
    return nora


def try_it(client: Client, user: User, password: str) -> Any:
    return client.post(LOGIN, {"login": user.user_name, "password": password})


def test_an_expired_one_is_refused_where_nobody_has_a_form(nora: User) -> None:
    with pytest.raises(NotAdmitted, match=EXPIRED) as refused:
        authenticate(username=nora.user_name, password=TEMPORARY)
    assert (refused.value.code, refused.value.status) == ("temporary-password-expired", 403)


def test_only_who_has_it_is_told_that_it_has_expired(nora: User) -> None:
    assert authenticate(username=nora.user_name, password="abcd-efgh-jkmp") is None
    page = try_it(Client(), nora, "abcd-efgh-jkmp").content.decode()
    assert EXPIRED not in page
    assert "Incorrect user name or password." in page


def test_the_form_says_the_sentence_and_counts_no_wrong_try(nora: User) -> None:
    client = Client()
    for _try in range(8):
        page = try_it(client, nora, TEMPORARY)
        assert (page.status_code, EXPIRED in page.content.decode()) == (200, True)
    assert "_auth_user_id" not in client.session


def test_who_is_blocked_is_told_that_and_not_when_a_password_expired(
    nora: User, cast: Cast
) -> None:
    block_users([nora], customer=cast.contoso, actor=cast.alice)
    assert authenticate(username=nora.user_name, password=TEMPORARY) is None
    assert try_it(Client(), nora, TEMPORARY).headers["Location"] == "/accounts/inactive/"


def test_ones_own_password_never_expires(cast: Cast, settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 0
    cast.gives_password(cast.uma)
    assert authenticate(username=cast.uma.user_name, password=PASSWORD) == cast.uma


def test_a_new_reset_opens_again(nora: User, cast: Cast, settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 14
    sheet = reset_passwords([nora], customer=cast.contoso, actor=cast.alice).sheet
    [slip] = slips_of(sheet)
    assert authenticate(username=nora.user_name, password=slip.password) == nora


def test_what_the_backend_overrides_is_called_so() -> None:
    """Of allauth's, whose names begin with an underscore."""
    wanted = {
        "_authenticate_by_username": ["self", "username", "password"],
        "_check_password": ["self", "user", "password"],
    }
    for name, parameters in wanted.items():
        method = getattr(AuthenticationBackend, name)
        assert list(inspect.signature(method).parameters) == parameters
