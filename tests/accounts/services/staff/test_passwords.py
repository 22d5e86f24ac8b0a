"""New temporary passwords of staff."""

import pytest

from accounts.models import User
from accounts.passwords import canonical
from accounts.services.staff import (
    note_password_shown,
    remove_staff,
    reset_staff_password,
)
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from tests.accounts.team import events
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def test_a_second_reset_from_the_same_page_is_refused(cast: Cast) -> None:
    reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    with pytest.raises(Refused, match="a moment ago"):
        reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    assert events(cast.fabrikam) == [(Action.PASSWORD_RESET, cast.alice.pk)]


def test_a_reset_gives_a_temporary_password_and_ends_every_session(cast: Cast) -> None:
    issued = reset_staff_password(cast.bob, epoch=0, actor=cast.alice, reason="Lost")
    bob = fresh(cast.bob)
    assert bob.check_password(canonical(issued.password))
    assert bob.must_change_password
    assert bob.temporary_password_set_at is not None
    assert bob.session_epoch == 1
    assert AuditEvent.objects.get(action=Action.PASSWORD_RESET).reason == "Lost"


def test_the_page_of_now_resets_it_again(cast: Cast) -> None:
    first = reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    second = reset_staff_password(cast.bob, epoch=1, actor=cast.alice)
    assert first.password != second.password
    assert not fresh(cast.bob).check_password(canonical(first.password))
    assert fresh(cast.bob).check_password(canonical(second.password))


def test_nobody_resets_the_own_password(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        reset_staff_password(cast.alice, epoch=0, actor=cast.alice)
    assert caught.value.code == "not-yourself"


def test_that_a_password_was_shown_is_in_the_teams_log(cast: Cast) -> None:
    note_password_shown(cast.bob, actor=cast.alice)
    assert events(cast.fabrikam) == [(Action.PASSWORD_SHOWN, cast.alice.pk)]
    remove_staff([cast.bob], actor=cast.alice)
    with pytest.raises(Refused) as caught:
        note_password_shown(User.objects.get(pk=cast.bob.pk), actor=cast.alice)
    assert caught.value.code == "user-deleted"
