"""Reset password."""

import pytest
from pytest_django import Settings

from accounts.actions.reset import RESET, UNSEEN
from accounts.models import CredentialSheet
from accounts.services.undo import undo_batch
from customers.errors import Refused
from customers.models import BatchState
from tests.accounts.actions.acting import do, is_grave, left, points, told
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_new_passwords_are_on_the_sheet_of_the_batch(cast: Cast) -> None:
    batch = do(cast, RESET, cast.uma, cast.gail)
    assert batch.request == {"sheet": CredentialSheet.objects.get(batch=batch).pk}
    assert fresh(cast.uma).must_change_password
    assert RESET.heading(batch) == "Passwords reset"
    assert list(told(batch).values()) == [["Password reset"]] * 2


def test_unseen_it_makes_no_sheet(cast: Cast) -> None:
    batch = do(cast, RESET, cast.uma, **UNSEEN)
    assert (fresh(cast.uma).must_change_password, CredentialSheet.objects.exists()) == (True, False)
    assert list(told(batch).values()) == [["Password reset"]]


def test_nothing_brings_the_old_password_back(cast: Cast) -> None:
    assert RESET.inverse is None
    with pytest.raises(Refused, match="Reset password can't be undone"):
        undo_batch(do(cast, RESET, cast.uma), actor=cast.alice)


def test_passwords_are_long_when_many_were_chosen_whatever_users_are_left_out(
    cast: Cast, settings: Settings
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 1
    long = "For more than 1 user at a time, passwords have 24 characters, not 12."
    assert long in points(cast, RESET, cast.uma, cast.gail, actor=cast.gail)
    assert long not in points(cast, RESET, cast.uma)


def test_more_than_fifty_are_left_to_a_task(cast: Cast) -> None:
    users = UserFactory.create_batch(51, customer=cast.contoso, password="")
    assert do(cast, RESET, *users).state == BatchState.WAITING


def test_oneself_is_left_out_and_told_where_to_go(cast: Cast) -> None:
    assert left(cast, RESET, cast.gail, actor=cast.gail) == ["oneself"]
    assert "use Change password" in str(RESET.not_self)


def test_it_is_grave_where_an_administrator_is_among_them(cast: Cast) -> None:
    assert not is_grave(cast, RESET, cast.uma)
    assert is_grave(cast, RESET, cast.uma, cast.gail)
    assert RESET.is_grave_for_one(fresh(cast.gail))
    assert not RESET.is_grave_for_one(fresh(cast.uma))
