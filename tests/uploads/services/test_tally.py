"""Rows counted by outcome, and the seats that they want."""

import pytest

from uploads.models import RowOutcome, UploadRow
from uploads.services import UploadCounts, missing_seats
from uploads.services.entries import ReadRow, Verdict

VERDICTS = [
    Verdict(ReadRow(2), RowOutcome.ADD, {7: 1, 9: 1}),
    Verdict(ReadRow(3), RowOutcome.ADD, {7: 1}),
    Verdict(ReadRow(4), RowOutcome.WRONG),
    Verdict(ReadRow(5), RowOutcome.CHANGE, {7: -1}),
]


@pytest.fixture
def tally() -> UploadCounts:
    counted = UploadCounts()
    counted.add_verdicts(VERDICTS)
    return counted


def test_verdicts_are_counted_by_outcome(tally: UploadCounts) -> None:
    assert tally.rows == {"add": 2, "wrong": 1, "change": 1}
    assert tally.seats == {7: 1, 9: 1}
    assert (tally.total, tally.acts) == (4, 3)


def test_a_row_is_taken_off_with_its_seats(tally: UploadCounts) -> None:
    tally.take_off(UploadRow(outcome=RowOutcome.ADD, seats={"7": 1, "9": 1}))
    assert (tally.rows["add"], tally.seats[7], tally.seats[9]) == (1, 0, 0)


def test_counts_come_back_as_they_were_stored(tally: UploadCounts) -> None:
    assert UploadCounts.from_json(tally.as_json()) == tally


def test_what_is_nothing_is_not_stored(tally: UploadCounts) -> None:
    tally.take_off(UploadRow(outcome=RowOutcome.WRONG, seats={"9": 1}))
    stored = tally.as_json()
    assert (stored["rows"], stored["seats"]) == ({"add": 2, "change": 1}, {"7": 1})


def test_an_upload_that_was_not_read_has_no_counts() -> None:
    empty = UploadCounts.from_json({})
    assert (empty.total, empty.acts, empty.seats) == (0, 0, {})
    names = ("rows", "seats", "causes", "suggested", "warnings")
    nothing: dict[str, object] = {name: {} for name in names}
    assert empty.as_json() == {**nothing, "warned": 0}


def test_rows_are_counted_by_what_they_are_warned_of() -> None:
    row = ReadRow(2)
    row.note("city", "Garbled.", "Köln", cause="garbled")
    row.note("office", "Garbled.", "Über", cause="garbled")
    row.note("office", "Left out.")
    counted = UploadCounts()
    counted.add_verdicts([Verdict(row, RowOutcome.ADD), *VERDICTS])
    assert (counted.warnings, counted.warned) == ({"garbled": 1}, 1)
    assert UploadCounts.from_json(counted.as_json()) == counted
    notices = [each.as_json() for each in row.notices]
    counted.take_off(UploadRow(outcome=RowOutcome.ADD, notices=notices, warns=True))
    assert (counted.warnings["garbled"], counted.warned) == (0, 0)


@pytest.mark.parametrize(
    ("wanted", "free", "missing"),
    [
        ({}, {}, {}),
        ({7: 3}, {7: 3}, {}),
        ({7: 4}, {7: 3}, {7: 1}),
        ({7: 4}, {}, {7: 4}),
        ({7: -1}, {7: 0}, {}),
        ({9: 2, 7: 2}, {7: 1, 9: 1}, {7: 1, 9: 1}),
    ],
)
def test_seats_are_missing_where_more_are_wanted_than_free(
    wanted: dict[int, int], free: dict[int, int], missing: dict[int, int]
) -> None:
    counted = UploadCounts()
    counted.seats.update(wanted)
    found = missing_seats(counted, free)
    assert (found, list(found)) == (missing, sorted(missing))
