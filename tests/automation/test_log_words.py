"""What the activity log says of schedules."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from customers.log.history import describe
from tests.customers.log.test_history import event


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"scheduled": "block", "people": 3}, ["Action: Block sign-in", "Users: 3"]),
        ({"left_out_of": "delete"}, ["Removed from schedule: Delete user accounts"]),
        ({"zone": ["UTC", "Asia/Tokyo"]}, ["Time zone: UTC → Asia/Tokyo"]),
        ({"due_at": "2027-02-01T18:00:00+00:00"}, ["Due: 1 Feb 2027, 18:00"]),
    ],
)
def test_values_are_called_as_on_the_pages(changes: dict[str, object], expected: list[str]) -> None:
    assert describe(event(changes)) == expected


def test_a_due_moment_is_told_by_the_clock_and_in_the_language_of_its_viewer() -> None:
    moved = {"due_at": ["2027-02-01T18:00:00+00:00", "2027-02-01T23:30:00+01:00"]}
    with timezone.override("Asia/Tokyo"):
        assert describe(event(moved)) == ["Due: 2 Feb 2027, 03:00 → 2 Feb 2027, 07:30"]
    with timezone.override("America/New_York"), override("de"):
        assert describe(event(moved)) == ["Fällig: 1. Feb. 2027, 13:00 → 1. Feb. 2027, 17:30"]


@pytest.mark.parametrize(
    "changes, english, german",
    [
        (
            {"rhythm": "weekly", "day": 1},
            ["How often: Every week", "Day of the week: Monday"],
            ["Wie oft: Jede Woche", "Wochentag: Montag"],
        ),
        (
            {"rhythm": "monthly", "day": 1},
            ["How often: Every month", "Day of the month: 1"],
            ["Wie oft: Jeden Monat", "Tag des Monats: 1"],
        ),
    ],
)
def test_the_day_of_a_report_is_one_of_the_week_or_of_the_month(
    changes: dict[str, object], english: list[str], german: list[str]
) -> None:
    assert describe(event(changes)) == english
    with override("de"):
        assert describe(event(changes)) == german
