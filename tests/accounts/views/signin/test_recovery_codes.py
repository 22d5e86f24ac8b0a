"""Recovery codes: shown, taken along and made anew, for a user who has proven who they are."""

import pytest

from accounts.models import User
from accounts.services.second_steps import use_code
from tests.accounts.signin.second_steps import (
    recovery_codes,
    signed_in_by_both,
)
from tests.support.cast import Cast

CODES = "/accounts/2fa/recovery-codes/"


@pytest.fixture
def bob(cast: Cast) -> User:
    cast.gives_password(cast.bob)
    return cast.bob


def test_new_recovery_codes_void_the_old_ones(bob: User) -> None:
    client, _secret = signed_in_by_both(bob)
    old = recovery_codes(bob)
    client.post(f"{CODES}generate/")
    new = recovery_codes(bob)
    assert not set(old) & set(new)
    assert [use_code(bob, code) for code in old] == [None] * 10
    assert client.get(f"{CODES}download/").content.decode().split()[-10:] == new
