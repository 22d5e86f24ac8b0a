"""Days in cells: each office's own way, and no guess where a cell is none."""

from datetime import date

import pytest

from accounts.widgets import Suggested
from uploads.services.cells.days import check_ahead, read_day

FOURTH = date(2027, 3, 4)


@pytest.mark.parametrize(
    ("cell", "country", "meant"),
    [
        ("2027-03-04", "DE", FOURTH),
        ("2027/3/4", "US", FOURTH),
        ("04.03.2027", "DE", FOURTH),
        ("4. 3. 2027", "CZ", FOURTH),
        ("04.03.2027", "US", FOURTH),
        ("04/03/2027", "GB", FOURTH),
        ("03/04/2027", "US", FOURTH),
        ("3/4/2027", "PH", FOURTH),
        ("03/31/2027", "GB", date(2027, 3, 31)),
        ("31/03/2027", "US", date(2027, 3, 31)),
        ("04-03-2027", "NL", FOURTH),
        ("2027-03-04T00:00:00", "DE", FOURTH),
        ("2027-03-04 08:30", "DE", FOURTH),
        (" 2027-03-04 ", "DE", FOURTH),
    ],
)
def test_a_cell_says_a_day(cell: str, country: str, meant: date) -> None:
    assert read_day(cell, country) == meant


@pytest.mark.parametrize(
    "cell", ["soon", "2027-02-30", "04.03.27", "1.2.3", "2027-03", "32.01.2027", "04.03/2027", "0"]
)
def test_what_is_no_day_is_said(cell: str) -> None:
    with pytest.raises(Suggested, match=f"“{cell}” is not a date") as caught:
        read_day(cell, "DE")
    assert caught.value.cause == "date"


def test_a_day_is_not_too_far() -> None:
    check_ahead(date(2027, 1, 1), date(2026, 1, 1))
    with pytest.raises(Suggested, match="within the next 2 years"):
        check_ahead(read_day("2031-01-01", "DE"), date(2026, 1, 1))
