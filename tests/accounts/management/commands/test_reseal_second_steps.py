"""Second steps sealed anew with the newest key, by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from tests.accounts.signin.second_steps import (
    give_app,
    recovery_codes,
    stored,
    unsealed,
)
from tests.support.cast import Cast


@pytest.fixture
def bob(cast: Cast) -> User:
    cast.gives_password(cast.bob)
    return cast.bob


def test_a_new_key_seals_anew_and_the_old_one_can_then_go(bob: User, settings: Settings) -> None:
    give_app(bob)
    secret, codes, before = unsealed(bob), recovery_codes(bob), stored(bob)
    new, old = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=", settings.CREDENTIALS_KEYS[0]
    settings.CREDENTIALS_KEYS = [new, old]
    assert (unsealed(bob), stored(bob)) == (secret, before)
    call_command("reseal_second_steps", stdout=(out := StringIO()))
    assert out.getvalue() == "2 second steps are sealed with the newest key.\n"
    settings.CREDENTIALS_KEYS = [new]
    assert (unsealed(bob), recovery_codes(bob)) == (secret, codes)
    assert stored(bob) != before
    settings.CREDENTIALS_KEYS = [old]
    with pytest.raises(CommandError, match="Put that key back"):
        call_command("reseal_second_steps")
