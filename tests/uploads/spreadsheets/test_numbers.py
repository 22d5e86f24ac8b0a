"""What a workbook stores as a number reads as its cell shows it."""

import pytest

from uploads.spreadsheets.numbers import PLAIN, Format, Kind, formats, number_format, number_text

DATE = Format(Kind.DATE)


def zeros(digits: int) -> Format:
    return Format(Kind.ZEROS, digits)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, PLAIN), (13, PLAIN), (14, DATE), (22, DATE), (37, PLAIN), (47, DATE), (58, DATE)],
)
def test_a_number_without_a_code_is_one_of_excels_own_formats(
    number: int, expected: Format
) -> None:
    assert number_format(number, None) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", PLAIN),
        ("General", PLAIN),
        ("#,##0.00", PLAIN),
        ("0", zeros(1)),
        ("00000", zeros(5)),
        ("000;-000", zeros(3)),
        ("yyyy-mm-dd", DATE),
        ("[$-407]D. MMM", DATE),
        ("[h]:mm", DATE),
        ("[Red]0.0", PLAIN),
        ('0.0 "days"', PLAIN),
        (r"0.0\d", PLAIN),
        ("0.0_s", PLAIN),
        ("#;yyyy", PLAIN),
    ],
)
def test_a_code_says_whether_a_number_is_a_date_or_filled_with_zeros(
    code: str, expected: Format
) -> None:
    assert number_format(164, code) == expected


def test_cells_name_formats_by_their_place_among_those_of_cells() -> None:
    styles = [
        ("numFmt", {"numFmtId": "164", "formatCode": "0000"}),
        ("cellStyleXfs", {}),
        ("xf", {"numFmtId": "14"}),
        ("cellXfs", {}),
        ("xf", {}),
        ("xf", {"numFmtId": "164"}),
        ("xf", {"numFmtId": "14"}),
        ("xf", {"numFmtId": "none"}),
        ("dxfs", {}),
        ("numFmt", {"numFmtId": "165", "formatCode": "yyyy"}),
        ("xf", {"numFmtId": "165"}),
    ]
    assert formats(styles) == [PLAIN, zeros(4), DATE, PLAIN]
    assert formats([]) == []


def test_a_code_ends_where_excels_own_would() -> None:
    styles = [
        ("numFmt", {"numFmtId": "200", "formatCode": "#" * 255 + "yyyy"}),
        ("cellXfs", {}),
        ("xf", {"numFmtId": "200"}),
    ]
    assert formats(styles) == [PLAIN]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("12.50", "12.5"),
        ("12.0", "12"),
        ("100", "100"),
        ("-0.5", "-0.5"),
        ("1E3", "1000"),
        ("0.10000000000000001", "0.1"),
        ("1.1000000000000001E-2", "0.011"),
        ("Ada", "Ada"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("1E500", "1E500"),
        ("1E-500", "1E-500"),
        ("7" * 400, "7" * 400),
    ],
)
def test_a_plain_number_has_the_digits_that_excel_shows(stored: str, expected: str) -> None:
    assert number_text(stored, PLAIN, from_1904=False) == expected


@pytest.mark.parametrize(
    ("stored", "expected"), [("1234", "01234"), ("123456", "123456"), ("-12", "-0012")]
)
def test_zeros_fill_a_number_up(stored: str, expected: str) -> None:
    assert number_text(stored, zeros(5), from_1904=False) == expected


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("0", "00:00:00"),
        ("0.5", "12:00:00"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("1.25", "1900-01-01T06:00:00"),
        ("46053", "2026-01-31"),
        ("2957003", "9995-12-30"),
        ("-1", "-1"),
        ("2957004", "2957004"),
        ("soon", "soon"),
    ],
)
def test_a_date_is_counted_from_1900(stored: str, expected: str) -> None:
    assert number_text(stored, DATE, from_1904=False) == expected


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("0.25", "06:00:00"), ("1", "1904-01-02"), ("59", "1904-02-29"), ("2957003", "9999-12-31")],
)
def test_a_date_may_be_counted_from_1904(stored: str, expected: str) -> None:
    assert number_text(stored, DATE, from_1904=True) == expected
