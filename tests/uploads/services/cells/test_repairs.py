"""What a repair does to the cells of rows that are not saved yet."""

import pytest

from uploads.models import RowDecision, RowOutcome, UploadRow
from uploads.reading import Repair, RepairAction
from uploads.services.cells.repairs import (
    GARBLED_LETTERS,
    cell_of,
    repair_cells,
    repaired_field,
    takes_warned,
    value_of,
)

COLUMNS = ["local_part", "domain", "country", "country"]
COUNTRY = "country country"


def row(number: int, *cells: str, outcome: str = RowOutcome.WRONG) -> UploadRow:
    problem = {"column": "country", "cause": "country", "text": "?", "suggestion": ""}
    return UploadRow(number=number, cells=[*cells], outcome=outcome, problems=[problem])


def test_the_cell_that_is_read_is_replaced_in_rows_of_the_cause_alone() -> None:
    rows = [
        row(2, "ada", "contoso.example", "", "Utopia"),
        row(3, "bo", "contoso.example", "Atlantis", ""),
        row(4, "cy", "contoso.example", "Norway", "", outcome=RowOutcome.ADD),
    ]
    repair = Repair(RepairAction.REPLACE, COUNTRY, text="DE")
    assert [each.number for each in repair_cells(rows, repair, COLUMNS, set())] == [2, 3]
    assert [each.cells[2:] for each in rows] == [["", "DE"], ["DE", ""], ["Norway", ""]]
    # Nothing is left to be another one.
    assert repair_cells(rows, repair, COLUMNS, set()) == []


def test_rows_with_one_value_are_dropped() -> None:
    rows = [row(2, "ada", "", "Utopia"), row(3, "bo", "", "Atlantis")]
    repair = Repair(RepairAction.DROP, COUNTRY, value="Utopia")
    [dropped] = repair_cells(rows, repair, COLUMNS, set())
    assert (dropped.number, dropped.decision) == (2, RowDecision.DROP)
    assert (repaired_field(repair), rows[1].decision) == ("decision", RowDecision.NONE)


@pytest.mark.parametrize(
    ("cause", "value"),
    [
        ("user_name missing", "ada@contoso.example"),
        ("user_name unknown-domain", "contoso.example"),
        (COUNTRY, "Utopia"),
        ("city ", ""),
    ],
)
def test_what_is_wrong_for_a_cause_is_a_cell_or_a_domain(cause: str, value: str) -> None:
    assert value_of(["ada", "contoso.example", " ", "Utopia"], COLUMNS, cause) == value


def test_a_user_name_is_joined_as_it_is_read() -> None:
    assert cell_of([" ada ", "@contoso.example"], COLUMNS, "user_name") == "ada@contoso.example"


def test_warnings_are_repaired_by_suggestions_alone() -> None:
    assert takes_warned(Repair(RepairAction.USE))
    assert takes_warned(Repair(RepairAction.USE, GARBLED_LETTERS))
    assert not takes_warned(Repair(RepairAction.USE, COUNTRY))
    assert not takes_warned(Repair(RepairAction.DROP, GARBLED_LETTERS))
