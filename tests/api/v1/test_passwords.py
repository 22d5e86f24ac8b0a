"""Passwords by the API: given, or made here."""

import pytest

from api.v1.errors import ApiError
from api.v1.passwords import given_password, new_password
from api.v1.schemas import SentPassword


def test_without_one_the_portal_makes_it() -> None:
    assert given_password(None) is None
    assert given_password(SentPassword()) is None
    made = new_password()
    assert len(made.plain.replace("-", "")) == 12
    assert made.plain not in repr(made)


def test_a_strong_one_is_taken_and_hashed_slowly_however_long() -> None:
    taken = given_password(SentPassword(password="Grand-Piano-Falls-Over-The-Bridge-77"))
    assert taken is not None
    assert taken.stored.startswith("argon2")


@pytest.mark.parametrize("password", ["", "short", "password1234", "aaaaaaaaaaaaaaaa"])
def test_a_weak_one_is_told(password: str) -> None:
    with pytest.raises(ApiError) as refusal:
        given_password(SentPassword(password=password))
    assert refusal.value.data[0].startswith("passwordProfile.password: ")


def test_whoever_gets_one_chooses_another() -> None:
    with pytest.raises(ApiError):
        given_password(SentPassword(force_change_password=False))
