"""Cells whose value was lost are told of, and none of them is a value unsaid."""

import pytest

from tests.support.cast import Cast
from uploads.services import World
from uploads.services.cells.lost_values import note_flaw
from uploads.services.cleaning import Cleaner
from uploads.services.entries import ReadRow
from uploads.spreadsheets.flaws import NO_RESULT, TWO_VALUES

COLUMNS = ("user_name", "office", "postal_code", "alternate_email", "permissions")


@pytest.fixture
def cleaner(cast: Cast) -> Cleaner:
    return Cleaner(COLUMNS, World.of(cast.contoso, cast.alice))


def read(cleaner: Cleaner, *cells: str) -> ReadRow:
    return cleaner.entry(2, ["ada@contoso.example", *cells], default={})


def problems(row: ReadRow) -> list[tuple[str, str]]:
    return [(each.column, each.text) for each in row.problems]


def notices(row: ReadRow) -> list[tuple[str, str]]:
    return [(each.column, each.text) for each in row.notices]


def test_an_error_is_a_problem_at_its_cell(cleaner: Cleaner) -> None:
    row = read(cleaner, "#REF!", "0159")
    sentence = "#REF! is a spreadsheet error, not a value. Enter the value here."
    assert (problems(row), row.values) == ([("office", sentence)], {"postal_code": "0159"})


@pytest.mark.parametrize("column", COLUMNS)
def test_it_is_one_in_each_kind_of_column(cleaner: Cleaner, column: str) -> None:
    cells = ["#N/A" if each == column else "" for each in COLUMNS]
    cells[0] = cells[0] or "ada@contoso.example"
    row = cleaner.entry(2, cells, default={})
    assert [each.column for each in row.problems] == [column]
    assert "#N/A is a spreadsheet error" in row.problems[0].text
    assert row.problems[0].suggestion == ""


def test_licenses_may_be_an_error_too(cast: Cast) -> None:
    columns = ("user_name", "subscriptions", "services_off")
    cleaner = Cleaner(columns, World.of(cast.contoso, cast.alice))
    assert [each.column for each in read(cleaner, "#N/A", "").problems] == ["subscriptions"]
    assert [each.column for each in read(cleaner, "", "#NAME?").problems] == ["services_off"]


def test_a_formula_without_its_result_is_a_problem(cleaner: Cleaner) -> None:
    row = read(cleaner, NO_RESULT)
    ((column, text),) = problems(row)
    assert (column, row.values) == ("office", {})
    assert text.startswith("The file has a formula here without its result.")


def test_two_values_for_one_cell_are_a_problem_in_each_kind_of_column(cleaner: Cleaner) -> None:
    for column in COLUMNS:
        cells = [TWO_VALUES if each == column else "" for each in COLUMNS]
        cells[0] = cells[0] or "ada@contoso.example"
        row = cleaner.entry(2, cells, default={})
        assert problems(row) == [
            (column, "The file has two values for this cell. Enter the right one.")
        ]
        assert (row.problems[0].cause, row.values.keys() & {column}) == ("two-values", set())


def test_lost_digits_and_narrow_columns_are_notices_in_each_row(cleaner: Cleaner) -> None:
    for _time in range(2):
        row = read(cleaner, "4.91701E+11", "########")
        assert row.values == {"office": "4.91701E+11"}
        assert problems(row) == []
        assert [(column, text.split(":")[0]) for column, text in notices(row)] == [
            ("office", "Digits are lost"),
            ("postal_code", "The value is lost"),
        ]


@pytest.mark.parametrize("column", ["user_name", "permissions", "subscriptions", "services_off"])
def test_a_narrow_column_is_a_problem_where_no_row_does_without(cast: Cast, column: str) -> None:
    columns = ("user_name", "permissions", "subscriptions", "services_off")
    cleaner = Cleaner(columns, World.of(cast.contoso, cast.alice))
    cells = ["####" if each == column else "" for each in columns]
    cells[0] = cells[0] or "ada@contoso.example"
    row = cleaner.entry(2, cells, default={})
    assert [(each.column, each.cause) for each in row.problems] == [(column, "lost")]
    assert row.notices == []


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad"])
def test_what_is_invisible_hides_no_flaw(cleaner: Cleaner, unseen: str) -> None:
    row = read(cleaner, f"{unseen}4.9E+11", f"{unseen}####")
    assert [each.column for each in row.notices] == ["office", "postal_code"]
    assert row.values == {"office": "4.9E+11"}


def test_a_column_that_cannot_take_them_has_a_problem_besides(cleaner: Cleaner) -> None:
    row = read(cleaner, "", "", "4.91701E+11")
    assert [each.column for each in row.problems] == ["alternate_email"]
    assert [each.column for each in row.notices] == ["alternate_email"]
    assert "alternate_email" not in row.values


def test_other_cells_are_none_of_them() -> None:
    row = ReadRow(2)
    assert not note_flaw(row, "office", "Leeds")
    assert (row.problems, row.notices) == ([], [])
