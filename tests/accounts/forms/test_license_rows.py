"""Rows of Manage licenses: boxes of three states, what they ask the service for, and seats."""

import pytest

from accounts.forms.license_rows import Box, Choice, LicenseRow, State
from accounts.services.licenses import LicenseChange
from licensing.models import Subscription, SubscriptionStatus

NOTHING: Choice = {}


def row(
    *,
    held: int = 0,
    users: int = 4,
    choice: Choice = NOTHING,
    off: int = 0,
    quantity: int = 10,
    assigned: int = 0,
    status: str = SubscriptionStatus.ACTIVE,
) -> LicenseRow:
    """A subscription with the plan MAIL, which so many of the `held` have switched off."""
    return LicenseRow(
        Subscription(pk=3, quantity=quantity, assigned=assigned, status=status),
        users,
        held,
        Box.wanted("3", "Teams", State.of(held, users), choice),
        [Box.wanted("3:MAIL", "Mail", State.of(held - off, held) if held else State.ALL, choice)],
    )


@pytest.mark.parametrize(
    "count, number, state",
    [(0, 4, State.NONE), (1, 4, State.SOME), (4, 4, State.ALL), (0, 0, State.NONE)],
)
def test_a_box_is_on_for_all_for_some_or_for_nobody(count: int, number: int, state: State) -> None:
    assert State.of(count, number) == state


@pytest.mark.parametrize("was", list(State))
def test_a_box_that_is_left_alone_stays_as_it_was(was: State) -> None:
    box = Box.wanted("3:MAIL", "Mail", was, {})
    assert (box.now, box.changed) == (was, False)


def test_a_choice_is_for_all_or_for_nobody() -> None:
    on, off = (Box.wanted("3", "Teams", State.SOME, {"3": wanted}) for wanted in (True, False))
    assert (on.now, off.now, on.changed, off.changed) == (State.ALL, State.NONE, True, True)


def test_an_id_needs_no_escape_in_css() -> None:
    assert Box.wanted("3:MAIL", "Mail", State.ALL, {}).id == "3-MAIL"


@pytest.mark.parametrize("held", [0, 2, 4])
def test_nothing_chosen_asks_for_nothing(held: int) -> None:
    untouched = row(held=held)
    assert untouched.change() is None
    assert not untouched.is_touched


def test_a_cleared_box_takes_the_license_whatever_its_plans_say() -> None:
    cleared = row(held=4, choice={"3": False, "3:MAIL": False})
    assert cleared.change() == LicenseChange(have=False)
    assert not cleared.changes_plans


def test_a_checked_box_gives_it_with_the_plans_that_the_page_shows() -> None:
    given = row(choice={"3": True, "3:MAIL": False})
    assert given.change() == LicenseChange(have=True, switch_off=frozenset({"MAIL"}))
    assert given.plans_on == 0


def test_a_plan_alone_is_switched_for_those_who_have_the_license() -> None:
    off = row(held=4, choice={"3:MAIL": False})
    assert off.change() == LicenseChange(switch_off=frozenset({"MAIL"}))
    on = row(held=4, off=4, choice={"3:MAIL": True})
    assert on.change() == LicenseChange(switch_on=frozenset({"MAIL"}))
    assert on.is_touched


def test_a_plan_that_some_have_off_is_not_touched_by_giving_the_license_to_the_rest() -> None:
    more = row(held=2, off=1, choice={"3": True})
    assert more.plans[0].was == State.SOME
    assert more.change() == LicenseChange(have=True)


def test_a_swap_names_what_it_is_for() -> None:
    swapped = row(held=0).given(instead_of=7)
    assert swapped == LicenseChange(have=True, instead_of=7)


@pytest.mark.parametrize("status", [SubscriptionStatus.SUSPENDED, SubscriptionStatus.CANCELED])
def test_a_subscription_that_is_not_active_can_only_be_taken(status: str) -> None:
    assert row(status=status).is_off
    assert not row(held=1, assigned=1, status=status).is_off
    assert not row(status=status, quantity=0).lacks_seats


def test_seats_are_counted_for_those_who_do_not_have_one_yet() -> None:
    short = row(held=1, quantity=3, assigned=1)
    assert short.lacks_seats
    assert short.seats_for_all == 4
    assert not row(held=1, quantity=4, assigned=1).lacks_seats


@pytest.mark.parametrize(
    "plus, minus, leaves, missing", [(0, 0, 2, 0), (3, 0, -1, 1), (3, 1, 0, 0)]
)
def test_what_is_left_of_the_seats_is_what_is_free_less_what_is_given(
    plus: int, minus: int, leaves: int, missing: int
) -> None:
    counted = row(quantity=5, assigned=3)
    counted.plus, counted.minus = plus, minus
    assert (counted.leaves, counted.missing) == (leaves, missing)


def test_seats_that_were_oversold_before_are_not_missing_for_who_gets_none() -> None:
    assert row(quantity=1, assigned=3).missing == 0
