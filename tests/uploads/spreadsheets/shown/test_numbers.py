"""What a workbook stores as a number reads as its cell shows it."""

from decimal import Decimal

import pytest

from uploads.spreadsheets.shown.numbers import (
    LOCAL_DATE,
    PLAIN,
    formats,
    number_format,
    number_text,
    plain_text,
    stored_number,
)


def shown(stored: str, code: str) -> str:
    return number_text(stored, number_format(164, code), from_1904=False)


@pytest.mark.parametrize(
    ("number", "stored", "expected"),
    [
        (0, "1234.5", "1234.5"),
        (1, "1234.5", "1235"),
        (2, "1234.5", "1234.50"),
        (3, "1234567", "1,234,567"),
        (4, "1234.5", "1,234.50"),
        (9, "0.5", "50%"),
        (11, "491701234567", "491701234567"),
        (12, "0.5", "0.5"),
        (14, "46053", "2026-01-31"),
        (15, "46053", "31-Jan-26"),
        (20, "0.5", "12:00"),
        (22, "46053.5", "2026-01-31T12:00:00"),
        (30, "46053", "2026-01-31"),
        (37, "-1234", "(1,234)"),
        (44, "1234.5", "1234.5"),
        (46, "1.5", "36:00:00"),
        (49, "0049", "49"),
        (58, "46053", "2026-01-31"),
        (99, "7", "7"),
    ],
)
def test_a_number_without_a_code_is_one_of_excels_own_formats(
    number: int, stored: str, expected: str
) -> None:
    assert number_text(stored, number_format(number, None), from_1904=False) == expected


@pytest.mark.parametrize(
    ("code", "stored", "expected"),
    [
        ("", "12.5", "12.5"),
        ("General", "12.5", "12.5"),
        ("@", "0.10", "0.1"),
        ("0", "12.5", "13"),
        ("00000", "2138", "02138"),
        ("00000", "213812", "213812"),
        ("00000", "-12", "-00012"),
        ("00000", "2138.4", "02138"),
        ('0#" "##" "##" "##" "##', "123456789", "01 23 45 67 89"),
        (r"[<=9999999]###\-####;\(###\)\ ###\-####", "2065551234", "(206) 555-1234"),
        (r"[<=9999999]###\-####;\(###\)\ ###\-####", "5551234", "555-1234"),
        (r"00000\-0000", "21394307", "02139-4307"),
        (r"00\-000", "950", "00-950"),
        ('"+"0', "491701234567", "+491701234567"),
        ("+0", "491701234567", "+491701234567"),
        (r"0000\ 000\ 000", "412345678", "0412 345 678"),
        (r"000\ 00", "11122", "111 22"),
        ("00000 000000", "2079460000", "02079 460000"),
        ("+0", "-5", "-+5"),
        ("0;(0)", "-5", "(5)"),
        ('0;-0;"none"', "0", "none"),
        ("0;-0;;@", "0", ""),
        ('[>100]"many";[<0]"less "0;"few"', "7", "few"),
        ('[=1]"yes";[=0]"no";0', "0", "no"),
        ('[=1]"yes";[=0]"no";0', "-3", "-3"),
        ("[>=1000]0;0.0", "5", "5.0"),
        ("[>=1000]0;0.0", "-5", "-5.0"),
        ("[<0]0;0.0", "-5", "-5"),
        ("[Red]0.0", "0.04", "0.0"),
        ("0.00", "-0.001", "0.00"),
        ("0.##", "5", "5"),
        ("0.0#", "5.25", "5.25"),
        (".00", "5.255", "5.26"),
        ("#,##0.0,", "1234567", "1,234.6"),
        ("# ##0", "1234567", "1234 567"),
        ("?0", "7", " 7"),
        ("0.0?", "7.5", "7.5 "),
        ("0%", "0.125", "13%"),
        ('"Nr. "0', "7", "Nr. 7"),
        ('"only words"', "7", "7"),
        (";;;", "7", "7"),
        ("[$€-407] 0.00", "7", "€ 7.00"),
        ("[$-409]0", "7", "7"),
        ('General" km"', "7.5", "7.5 km"),
        ('General" km"', "-7.5", "-7.5 km"),
        ("0_)", "7", "7 "),
        ("*x0", "7", "7"),
        ("0.00E+00", "491701234567", "491701234567"),
        ("# ?/?", "0.5", "0.5"),
        ("0", "NaN", "NaN"),
        ("0", "Ada", "Ada"),
    ],
)
def test_a_number_is_the_text_that_one_sees(code: str, stored: str, expected: str) -> None:
    assert shown(stored, code) == expected


def test_a_format_may_add_to_a_text() -> None:
    for code, around in {
        "General": ("", ""),
        "@": ("", ""),
        '@"@contoso.example"': ("", "@contoso.example"),
        '0;-0;0;"Dr. "@': ("Dr. ", ""),
        '"Nr. "0': ("", ""),
    }.items():
        assert number_format(164, code).around == around


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
    found = formats(styles)
    assert [found[at] for at in (0, 2, 3)] == [PLAIN, LOCAL_DATE, PLAIN]
    assert number_text("12", found[1], from_1904=False) == "0012"
    assert formats([]) == []


def test_a_code_ends_where_excels_own_would() -> None:
    styles = [
        ("numFmt", {"numFmtId": "200", "formatCode": "#" * 255 + "yyyy"}),
        ("cellXfs", {}),
        ("xf", {"numFmtId": "200"}),
    ]
    (found,) = formats(styles)
    assert number_text("46053", found, from_1904=False) == "46053"


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
        ("1E307", "1" + "0" * 307),
        ("1E308", "1E308"),
        ("1234567890123456E380", "1234567890123456E380"),
        ("1E500", "1E500"),
        ("1E-500", "1E-500"),
        ("7" * 400, "7" * 400),
    ],
)
def test_a_plain_number_has_the_digits_that_excel_shows(stored: str, expected: str) -> None:
    assert number_text(stored, PLAIN, from_1904=False) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("#,##0", "123,456,789,012,346,000,000,000,000,000"),
        ("0.00", "123456789012346000000000000000.00"),
        ("0%", "12345678901234600000000000000000%"),
        ("00-000", "123456789012346000000000000-000"),
        ("0,", "123456789012346000000000000"),
        ("0.00E+00", "123456789012346000000000000000"),
        ("yyyy", "123456789012346000000000000000"),
    ],
)
def test_a_long_number_is_shown_in_full(code: str, expected: str) -> None:
    assert shown("123456789012345678901234567890", code) == expected


@pytest.mark.parametrize("stored", ["1E300", "9.99E307", "-1E-300", "7" * 300])
@pytest.mark.parametrize("code", ["#,##0", "%" * 250 + "0", "0." + "0" * 250, "ss." + "0" * 250])
def test_no_number_is_too_long_for_a_format(stored: str, code: str) -> None:
    assert shown(stored, code)


def test_a_moment_may_have_a_long_fraction() -> None:
    assert shown("46053.25", "hh:mm:ss." + "0" * 30) == "06:00:00." + "0" * 30


@pytest.mark.parametrize("stored", ["1E2000000000", "1E-2000000000", "0E2000000000", "sNaN", ""])
def test_what_no_cell_can_have_is_no_number(stored: str) -> None:
    assert stored_number(stored) is None


def test_a_plain_number_has_no_zeros_at_its_end() -> None:
    assert [plain_text(Decimal(text)) for text in ("12.50", "100", "1E+2")] == [
        "12.5",
        "100",
        "100",
    ]


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
    assert number_text(stored, LOCAL_DATE, from_1904=False) == expected


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("0.25", "06:00:00"), ("1", "1904-01-02"), ("59", "1904-02-29"), ("2957003", "9999-12-31")],
)
def test_a_date_may_be_counted_from_1904(stored: str, expected: str) -> None:
    assert number_text(stored, LOCAL_DATE, from_1904=True) == expected
