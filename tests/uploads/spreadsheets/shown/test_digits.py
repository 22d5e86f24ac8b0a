"""A number in one section of a format."""

from decimal import Decimal

import pytest

from uploads.spreadsheets.shown.digits import digits_text
from uploads.spreadsheets.shown.patterns import sections_of


@pytest.mark.parametrize(
    ("code", "number", "expected"),
    [
        ("0", "7", "7"),
        ("000", "7", "007"),
        ("#", "0", ""),
        ("#,##0", "1234567", "1,234,567"),
        ("0,000", "5", "0,005"),
        ("???", "7", "  7"),
        ("0-0", "123", "12-3"),
        ("0,", "1500", "2"),
        ("0.0,,", "1500000", "1.5"),
        ("0%", "0.5", "50%"),
        ("0.0%", "0.1234", "12.3%"),
        ("0.00", "2.675", "2.68"),
        ("0.0#", "2", "2.0"),
        ("0.0?", "2", "2.0 "),
        ("0.#", "2", "2"),
        (".0", "12.34", "12.3"),
        ('"x"', "7", "x"),
        ("", "7", ""),
    ],
)
def test_places_are_filled_from_the_right(code: str, number: str, expected: str) -> None:
    (section,) = sections_of(code)
    assert digits_text(section, Decimal(number)) == expected


def test_a_sign_stands_before_all_of_it_and_not_before_nothing() -> None:
    (section,) = sections_of('"Nr. "0')
    assert digits_text(section, Decimal(7), "-") == "-Nr. 7"
    assert digits_text(section, Decimal("0.2"), "-") == "Nr. 0"
