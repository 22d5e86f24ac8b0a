"""What is asked before users are removed."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from automation.forms.leaving import LastDayForm, LeaveForm, mark_of
from automation.leave_steps import STEPS, proposal
from tests.automation.leaving import wanted
from tests.support.cast import Cast

ZONE = "America/New_York"


def form(cast: Cast, data: dict[str, str] | None = None) -> LeaveForm:
    now = timezone.now()
    steps = proposal(now.date() + timedelta(days=3), ZONE, now)
    proposed = {str(one.step.kind): one for one in steps}
    sent = None if data is None else all_at(data)
    return LeaveForm(sent, actor=cast.alice, zone=ZONE, now=now, proposed=proposed)


def all_at(data: dict[str, str]) -> dict[str, str]:
    """What is sent where nothing is to be done but this."""
    return {f"{step.kind}_when": "no" for step in STEPS} | data


def day(ahead: int) -> str:
    return (timezone.now() + timedelta(days=ahead)).date().isoformat()


def errors(cast: Cast, **data: str) -> dict[str, Any]:
    return dict(form(cast, data).errors)


def test_the_proposal_is_chosen_beforehand(cast: Cast) -> None:
    asked = form(cast)
    assert [step.kind for step, *_fields in asked.rows()] == [
        "block",
        "reset",
        "licenses",
        "delete",
    ]
    assert {when.initial for _step, when, _on, _at in asked.rows()} == {"date"}


def test_what_was_chosen_is_what_is_wanted(cast: Cast) -> None:
    asked = form(cast, {"block_when": "now", "delete_when": "date", **_at("delete", day(30))})
    assert asked.is_valid(), asked.errors
    found = [(one.step.kind, one.due is None) for one in asked.wanted()]
    assert found == [("block", True), ("delete", False)]
    assert asked.mark() == mark_of(asked.wanted()) != mark_of(wanted(block=None))


def _at(kind: str, on: str, at: str = "18:00") -> dict[str, str]:
    return {f"{kind}_on": on, f"{kind}_at": at}


def test_a_day_and_a_time_are_asked_for_where_a_date_was_chosen(cast: Cast) -> None:
    date_needed = ["Enter a date, such as 2027-01-31."]
    assert errors(cast, block_when="date") == {"block_on": date_needed}
    assert errors(cast, block_when="date", block_on=day(3)) == {
        "block_at": ["Enter a time, such as 18:00."]
    }
    assert errors(cast, block_when="date", **_at("block", "soon")) == {"block_on": date_needed}
    assert errors(cast, block_when="") == {"block_when": ["Choose when."]}


def test_what_is_over_or_far_or_too_late_is_said_at_its_step(cast: Cast) -> None:
    over = ["This time has passed. Choose a later one."]
    assert errors(cast, block_when="date", **_at("block", day(-2))) == {"block_on": over}
    far = errors(cast, block_when="date", **_at("block", day(1000)))
    assert far == {"block_on": ["Choose a date within the next 2 years."]}
    asked = form(cast, {"delete_when": "now", "block_when": "date", **_at("block", day(3))})
    [problem] = asked.problems()
    assert problem.startswith("Delete the user account: The other steps come before.")
    assert form(cast, {}).problems() == ["Choose at least one step."]


def test_whose_role_does_not_reach_a_step_is_not_asked_for_it(cast: Cast) -> None:
    now = timezone.now()
    asked = LeaveForm(actor=cast.sally, zone=ZONE, now=now, proposed={})
    assert [step.kind for step in asked.offered] == ["licenses"]


def test_the_last_day_is_a_date() -> None:
    assert LastDayForm({"last_day": "2027-01-31"}).is_valid()
    asked = LastDayForm({"last_day": "soon"})
    assert asked.errors == {"last_day": ["Enter a date, such as 2027-01-31."]}
    assert not LastDayForm({"last_day": ""}).is_valid()
    assert LastDayForm({"last_day": date(2027, 1, 31).isoformat()}).is_valid()
