"""Number formats, taken apart."""

from decimal import Decimal

import pytest

from uploads.spreadsheets.shown.patterns import Part, sections_of


def test_a_format_has_sections_between_semicolons_that_are_not_quoted() -> None:
    assert len(sections_of('0;-0;"a;b";@')) == 4
    assert len(sections_of(r"0\;0;[Red]0")) == 2


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ('0"x"', [(Part.DIGIT, "0"), (Part.LITERAL, "x")]),
        (r"\d", [(Part.LITERAL, "d")]),
        ('"open', [(Part.LITERAL, "open")]),
        ("_)*x", [(Part.LITERAL, " "), (Part.LITERAL, "")]),
        ("[Red]?", [(Part.DIGIT, "?")]),
        ("[$€-407]", [(Part.LITERAL, "€")]),
        ("[hh]", [(Part.ELAPSED, "hh")]),
        ("mm:s", [(Part.MOMENT, "mm"), (Part.LITERAL, ":"), (Part.MOMENT, "s")]),
        ("AM/PM", [(Part.NOON, "AM/PM")]),
        ("general", [(Part.GENERAL, "general")]),
        ("E+", [(Part.POWER, "E+")]),
        ("@.,%/", [(Part.TEXT, "@"), (Part.POINT, "."), (Part.COMMA, ","), (Part.PERCENT, "%"),
                   (Part.SLASH, "/")]),
    ],
)  # fmt: skip
def test_pieces_are_told_apart(code: str, pieces: list[tuple[Part, str]]) -> None:
    (section,) = sections_of(code)
    assert section.pieces == pieces


def test_a_condition_is_read() -> None:
    (section,) = sections_of("[<= 9999999]0")
    assert section.condition == ("<=", Decimal(9999999))
    assert sections_of("[<x]0")[0].condition is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [("0.00E+00", True), ("# ?/?", True), ("d/m", False), ("0", False), ('0"/"0', False)],
)
def test_powers_and_fractions_are_as_stored(code: str, *, expected: bool) -> None:
    assert sections_of(code)[0].is_as_stored is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("[$-407]mmm", True), ("[$-409]mmm", False), ("[$-407]d", False), ("[$-F400]h", True)],
)
def test_names_of_other_languages_are_local(code: str, *, expected: bool) -> None:
    assert sections_of(code)[0].is_local is expected
