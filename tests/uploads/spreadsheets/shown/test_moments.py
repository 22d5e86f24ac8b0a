"""Dates and times as they are shown, and plainly where that can't be known."""

from decimal import Decimal

import pytest

from uploads.spreadsheets.shown.moments import iso_text, moment_of, moment_text
from uploads.spreadsheets.shown.patterns import sections_of

EIGHT_THIRTY = Decimal("46053.3541666667")


def shown(code: str, number: Decimal = EIGHT_THIRTY, *, from_1904: bool = False) -> str:
    (section,) = sections_of(code)
    return moment_text(section, number, from_1904=from_1904)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("dd.mm.yyyy", "31.01.2026"),
        ("d/m/yy", "31/1/26"),
        ("d-mmm-yy", "31-Jan-26"),
        ("dddd, d mmmm yyyy", "Saturday, 31 January 2026"),
        ("ddd mmmmm", "Sat J"),
        ("h:mm", "8:30"),
        ("hh:mm:ss", "08:30:00"),
        ("h:mm AM/PM", "8:30 AM"),
        ("h A/P", "8 A"),
        ("yyyy-mm-dd hh:mm", "2026-01-31 08:30"),
        ("mm:ss.00", "30:00.00"),
        ("[h]:mm", "1105280:30"),
        ("[mm]:ss", "66316830:00"),
        ("[$-409]d. mmmm", "31. January"),
        ("[$-407]dd.mm.yy", "31.01.26"),
        ("[$-en-US]mmm", "Jan"),
        ('"day "d', "day 31"),
    ],
)
def test_a_moment_is_shown_by_its_format(code: str, expected: str) -> None:
    assert shown(code) == expected


@pytest.mark.parametrize("code", ["[$-407]d. mmmm yyyy", "[$-F800]dddd, mmmm dd, yyyy", "[$-x]mmm"])
def test_in_other_languages_it_is_plain(code: str) -> None:
    assert shown(code) == "2026-01-31T08:30:00"


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("0.5", "h:mm AM/PM", "12:00 PM"),
        ("0.01", "h:mm AM/PM", "12:14 AM"),
        ("0.5", "dd.mm.yyyy", "12:00:00"),
        ("61", "d", "1"),
        ("59", "d.m.", "28.2."),
        ("46053.99999999", "hh:mm:ss", "00:00:00"),
    ],
)
def test_edges_of_days(number: str, code: str, expected: str) -> None:
    assert shown(code, Decimal(number)) == expected


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert shown("yyyy-mm-dd", Decimal(1), from_1904=True) == "1904-01-02"
    assert moment_of(Decimal(0), 0, from_1904=False).day is None
    assert iso_text(Decimal("0.25"), from_1904=True) == "06:00:00"
