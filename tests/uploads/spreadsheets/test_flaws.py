"""Cells that hold what a spreadsheet program put in place of a value."""

import pytest

from uploads.spreadsheets import Row
from uploads.spreadsheets.flaws import NO_RESULT, TWO_VALUES, flaw_of


@pytest.mark.parametrize(
    "cell",
    [
        *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", " #N/A "),
        *(
            "#NV",
            "#BEZUG!",
            "#WERT!",
            "#ZAHL!",
            "#VALEUR!",
            "#NOM?",
            "#NOMBRE!",
            "#N/D",
            "#¡VALOR!",
        ),
        *("#ССЫЛКА!", "#ИМЯ?", "#Н/Д", "#GETTING_DATA", "Err:502", "#SAKNAS!"),
    ],
)
def test_an_error_is_no_value_in_whatever_language(cell: str) -> None:
    assert flaw_of(cell) == "error-value"


@pytest.mark.parametrize(
    "cell",
    ["4.91701E+11", "4,91701E+11", "4.9e+11", "1E+05", "-1.23E+07", "+4.91701E+11", " 1E+20"],
)
def test_digits_are_lost_where_the_power_is_larger_than_their_number(cell: str) -> None:
    assert flaw_of(cell) == "digits-lost"


@pytest.mark.parametrize(
    "cell", ["1.5E+01", "1.2345E+04", "1E+5", "1E05", "E+11", "4.9E-11", "1E+x"]
)
def test_other_numbers_are_whole(cell: str) -> None:
    assert flaw_of(cell) is None


@pytest.mark.parametrize("cell", ["###", "########", " #### ", "\u200b####"])
def test_signs_alone_say_that_a_column_was_too_narrow(cell: str) -> None:
    assert flaw_of(cell) == "too-narrow"


def test_a_formula_without_its_result_has_a_text_of_its_own() -> None:
    assert flaw_of(NO_RESULT) == "no-result"


def test_so_has_a_cell_of_two_values() -> None:
    assert flaw_of(TWO_VALUES) == "two-values"


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "#",
        "##",
        "#1",
        "#12!",
        "# 5",
        "#sales",
        "#Sales!",
        "#A B!",
        "Anna",
        "+47 1",
        "E",
        "Err",
        "#!",
    ],
)
def test_what_a_user_may_have_typed_is_left_alone(cell: str) -> None:
    assert flaw_of(cell) is None


def test_a_row_names_the_places_of_its_flaws() -> None:
    row = Row(2, ("anna", "#N/A", "", "4.9E+11"))
    assert row.flaws == ((1, "error-value"), (3, "digits-lost"))
    assert Row(3, ("anna",)).flaws == ()
