"""The steps by which users are removed: what is proposed, and in which order they come."""

from datetime import UTC, date, datetime, time

import pytest

from automation.due import Due
from automation.leave_steps import STEP_OF, STEPS, Wanted, check_order, in_order, proposal
from customers.errors import Refused

ZONE = "Europe/Stockholm"
NOON = datetime(2027, 1, 29, 11, tzinfo=UTC)


def due(day: int, month: int = 1, hour: int = 18) -> Due:
    return Due(date(2027, month, day), time(hour))


def test_all_is_proposed_from_the_end_of_the_last_day() -> None:
    found = {one.step.kind: one.due for one in proposal(date(2027, 1, 29), ZONE, NOON)}
    assert found == {
        "block": due(29),
        "reset": due(29),
        "licenses": due(5, 2),
        "delete": due(28, 2),
    }


def test_what_would_be_over_is_proposed_at_once() -> None:
    found = {one.step.kind: one.due for one in proposal(date(2027, 1, 20), ZONE, NOON)}
    assert found == {"block": None, "reset": None, "licenses": None, "delete": due(19, 2)}


def test_a_day_long_ago_has_nothing_to_wait_for() -> None:
    assert {one.due for one in proposal(date(2026, 1, 20), ZONE, NOON)} == {None}


def test_they_come_by_time_and_on_one_day_in_their_own_order() -> None:
    at_once = [Wanted(step) for step in reversed(STEPS)]
    assert [one.step for one in in_order(at_once, ZONE, NOON)] == list(STEPS)
    mixed = [Wanted(STEP_OF["block"], due(31)), Wanted(STEP_OF["licenses"], due(30))]
    assert [one.step.kind for one in in_order(mixed, ZONE, NOON)] == ["licenses", "block"]


def test_nothing_comes_after_the_deletion_and_something_comes() -> None:
    check_order([Wanted(STEP_OF["delete"])])
    with pytest.raises(Refused) as nothing:
        check_order([])
    with pytest.raises(Refused) as after:
        check_order([Wanted(STEP_OF["delete"]), Wanted(STEP_OF["block"])])
    assert nothing.value.code == "leave-without-step"
    assert (after.value.code, after.value.field) == ("leave-after-delete", "delete_on")


def test_a_plan_as_json_is_told_from_another() -> None:
    assert Wanted(STEP_OF["block"], due(31)).as_json() == ["block", ["2027-01-31", "18:00:00"]]
    assert Wanted(STEP_OF["block"]).as_json() == ["block", None]
