"""A slip that is kept elsewhere than on a sheet, and a password that is over."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.credentials import Slip, seal, unseal
from accounts.services.expiry import temporary_password_expired
from customers.errors import Refused

SLIP = Slip(7, "Åsa Ek", "asa@contoso.example", "green-kettle")
NEW = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="


def test_a_sealed_slip_is_the_same_when_it_is_opened() -> None:
    assert unseal(seal(SLIP)) == SLIP


def test_nothing_of_it_can_be_read_and_no_two_are_alike() -> None:
    sealed = {seal(SLIP), seal(SLIP)}
    assert len(sealed) == 2
    # Long ones alone: two letters stand somewhere in any long text.
    for word in ("green", "kettle", "contoso"):
        assert not any(word in text for text in sealed)


def test_a_former_key_still_opens_it(settings: Settings) -> None:
    sealed = seal(SLIP)
    settings.CREDENTIALS_KEYS = [NEW, *settings.CREDENTIALS_KEYS]
    assert unseal(sealed) == SLIP
    settings.CREDENTIALS_KEYS = [NEW]
    with pytest.raises(Refused) as caught:
        unseal(sealed)
    assert caught.value.code == "sheet-unreadable"


@pytest.mark.parametrize("text", ["", "not a token", "gAAAAA"])
def test_what_is_no_slip_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        unseal(text)


def test_no_password_is_in_what_is_printed_of_a_slip() -> None:
    assert f"{SLIP} {SLIP!r} {[SLIP]}" == "Slip(user_id=7) Slip(user_id=7) [Slip(user_id=7)]"


def test_a_temporary_password_is_over_after_its_days(settings: Settings) -> None:
    settings.TEMPORARY_PASSWORD_DAYS = 3
    now = timezone.now()
    given = [None, now, now - timedelta(days=3, seconds=-30), now - timedelta(days=3)]
    users = [User(temporary_password_set_at=at) for at in given]
    assert [temporary_password_expired(user) for user in users] == [False, False, False, True]
