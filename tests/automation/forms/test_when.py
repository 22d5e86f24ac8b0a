"""When something is to be done: what is offered, by whose clock, and what is refused."""

from datetime import UTC, date, datetime, time

import pytest

from accounts.actions.base import Order
from accounts.actions.later import when_form
from automation.due import Due
from automation.forms.when import MoveForm, WhenForm
from automation.models import Schedule
from customers.models import BatchKind, Customer
from tests.support.cast import Cast

# In Berlin it is the tenth, 13:00.
NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
GERMAN = Customer(name="Contoso", country="DE")


def form(sent: dict[str, str] | None = None, now: datetime = NOW) -> WhenForm:
    return WhenForm(sent, GERMAN, now=now)


def choices(asked: WhenForm) -> list[tuple[str, str]]:
    return list(asked.fields["when"].choices)  # type: ignore[attr-defined]


def test_what_is_offered_is_told_with_its_moment() -> None:
    assert choices(form()) == [
        ("now", "Now"),
        ("2027-02-10T23:59", "End of today (23:59)"),
        ("2027-02-28T23:59", "End of the month (28 Feb 2027, 23:59)"),
        ("date", "On a date"),
    ]
    assert form().help == "Dates and times are in the time zone of Contoso (Europe/Berlin)."


def test_on_the_last_day_the_end_of_the_month_is_the_end_of_today() -> None:
    last = datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert [value for value, _label in choices(form(now=last))] == [
        "now",
        "2027-02-28T23:59",
        "date",
    ]


@pytest.mark.parametrize("sent", [{"when": "now"}, {"when": ""}, {"reason": "x"}])
def test_without_an_answer_it_is_now(sent: dict[str, str]) -> None:
    asked = form(sent)
    assert asked.is_valid()
    assert not asked.is_later
    with pytest.raises(ValueError, match="now"):
        asked.leave(BatchKind.BLOCK, Order([], {}, GERMAN, None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sent, due",
    [
        ({"when": "2027-02-10T23:59"}, Due(date(2027, 2, 10), time(23, 59))),
        ({"when": "2027-02-28T23:59"}, Due(date(2027, 2, 28), time(23, 59))),
        (
            {"when": "date", "due_on": "2027-03-01", "due_at": "18:00"},
            Due(date(2027, 3, 1), time(18)),
        ),
        # What was left in fields that are not shown does not count.
        (
            {"when": "2027-02-10T23:59", "due_on": "2027-03-01", "due_at": ""},
            Due(date(2027, 2, 10), time(23, 59)),
        ),
    ],
)
def test_a_later_time_is_by_the_customers_clock(sent: dict[str, str], due: Due) -> None:
    asked = form(sent)
    assert asked.is_valid(), asked.errors
    assert (asked.is_later, asked.due) == (True, due)


PASSED = "This time has passed. Choose a later one."


@pytest.mark.parametrize(
    "sent, errors",
    [
        # Shown before midnight, and sent after.
        ({"when": "2027-02-09T23:59"}, {"when": [PASSED]}),
        ({"when": "tomorrow"}, {"when": [PASSED]}),
        ({"when": "date"}, {"due_on": ["Enter a date."], "due_at": ["Enter a time."]}),
        ({"when": "date", "due_on": "2027-02-10", "due_at": "13:00"}, {"due_on": [PASSED]}),
        (
            {"when": "date", "due_on": "2031-02-10", "due_at": "13:00"},
            {"due_on": ["Choose a date within the next 2 years."]},
        ),
        (
            {"when": "date", "due_on": "soon", "due_at": "late"},
            {
                "due_on": ["Enter a date such as 2026-03-31."],
                "due_at": ["Enter a time such as 18:00."],
            },
        ),
        (
            {"when": "date", "due_on": "0001-01-01", "due_at": "00:00"},
            {"due_on": [PASSED]},
        ),
        (
            {"when": "date", "due_on": "9999-12-31", "due_at": "23:59"},
            {"due_on": ["Choose a date within the next 2 years."]},
        ),
    ],
)
def test_what_can_not_be_is_said_at_its_field(
    sent: dict[str, str], errors: dict[str, list[str]]
) -> None:
    assert form(sent).errors == errors


def test_what_is_left_is_scheduled_and_said(cast: Cast) -> None:
    asked = when_form({"when": "date", "due_on": "2027-02-10", "due_at": "18:00"}, cast.contoso)
    assert asked is not None
    assert asked.is_valid()
    order = Order([cast.uma.pk], {"reason": "Ticket 7"}, cast.contoso, cast.alice, "k")
    told = asked.leave(BatchKind.BLOCK, order)
    made = Schedule.objects.get()
    assert (told.url, made.reason) == (f"/scheduled/{made.pk}/", "Ticket 7")
    assert told.text == "Scheduled for 10 Feb 2027, 18:00 (New York time)."
    assert asked.leave(BatchKind.BLOCK, order) == told


def test_what_is_moved_is_not_done_now() -> None:
    asked = MoveForm({"when": "now"}, GERMAN, now=NOW)
    assert "now" not in dict(choices(asked))
    assert asked.errors == {"when": [PASSED]}
    assert MoveForm({}, GERMAN, now=NOW).errors.keys() == {"due_on", "due_at"}
