"""A cell that is merged over rows is the value of each of them, in every kind of workbook."""

import io
import struct
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from xlrd import biffh

from tests.uploads import biff
from tests.uploads.spreadsheets.test_opendocument import cell, document
from tests.uploads.spreadsheets.test_opendocument import row as ods_row
from tests.uploads.spreadsheets.workbooks import saved
from uploads.spreadsheets import Answers, FileRefused, Row, open_table
from uploads.spreadsheets.merged import Merged, merged_in

USERS = [f"{name}@contoso.example" for name in ("ada", "bob", "cy", "dee", "eve")]
# The title over both columns and two rows, Sales over three rows and two columns.
AREAS = ((1, 2, 1, 2), (4, 6, 2, 3))


def as_xlsx(areas: tuple[tuple[int, int, int, int], ...] = AREAS) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["Our users"], [], ["Email", "Department"], *([user] for user in USERS)):
        sheet.append(line)
    sheet["B4"], sheet["B8"] = "Sales", "IT"
    for first, last, left, right in areas:
        sheet.merge_cells(start_row=first, end_row=last, start_column=left, end_column=right)
    return saved(book)


def as_ods() -> bytes:
    over = {"table_number-rows-spanned": "3", "table_number-columns-spanned": "2"}
    hidden = "<table:covered-table-cell/>"
    rows = [
        ods_row(cell("Our users", **{"table_number-rows-spanned": "2"})),
        ods_row(hidden),
        ods_row(cell("Email"), cell("Department")),
        ods_row(cell(USERS[0]), cell("Sales", **over)),
        ods_row(cell(USERS[1]), hidden),
        ods_row(cell(USERS[2]), hidden),
        ods_row(cell(USERS[3])),
        ods_row(cell(USERS[4]), cell("IT")),
    ]
    return document("".join(rows))


def as_xls() -> bytes:
    rows = [["Our users"], [], ["Email", "Department"], *([user] for user in USERS)]
    cells = biff.lines(rows) + biff.label(3, 1, "Sales") + biff.label(7, 1, "IT")
    merged = struct.pack("<H", len(AREAS))
    for first, last, left, right in AREAS:
        merged += struct.pack("<HHHH", first - 1, last - 1, left - 1, right - 1)
    return biff.old_workbook(cells + biff.record(biffh.XL_MERGEDCELLS, merged))


def read(content: bytes, name: str) -> list[Row]:
    with open_table(io.BytesIO(content), name=name, answers=Answers(), row_limit=100) as table:
        assert table.headings[:2] == ("Email", "Department")
        return list(table.rows)


@pytest.mark.parametrize(
    ("name", "made"), [("x.xlsx", as_xlsx), ("x.ods", as_ods), ("x.xls", as_xls)]
)
def test_each_of_the_rows_has_the_value(name: str, made: Callable[[], bytes]) -> None:
    rows = read(made(), name)
    assert [row.cells[0] for row in rows] == USERS
    found = [row.cells[1] if len(row.cells) > 1 else "" for row in rows]
    assert found == ["Sales", "Sales", "Sales", "", "IT"]
    # Of columns that are merged as well, the first alone has it.
    assert all(not any(row.cells[2:]) for row in rows)


def test_headings_over_two_rows_are_whole_in_the_second() -> None:
    merged = Merged()
    merged.add(1, 2, 0)
    assert merged.fill(1, ["Email", "Work"]) == ["Email", "Work"]
    assert merged.fill(2, ["", "Department", "Office"]) == ["Email", "Department", "Office"]
    assert merged.fill(3, ["", "x"]) == ["", "x"]


def test_a_value_of_ones_own_stays_and_a_row_without_any_stays_empty() -> None:
    merged = Merged()
    merged.add(1, 9, 1)
    assert merged.fill(1, ["a", "Sales"]) == ["a", "Sales"]
    assert merged.fill(2, ["b", "own"]) == ["b", "own"]
    assert merged.fill(3, []) == []
    assert merged.fill(5, ["c"]) == ["c", "Sales"]


def test_areas_are_found_wherever_a_chunk_ends() -> None:
    part = (
        b"<sheetData/><x:mergeCells count='2'><x:mergeCell ref='B4:C6'/>"
        b'<mergeCell xr:uid="{0}" ref="aa10:AA12"></mergeCell><mergeCell ref="A1:D1"/>'
    )
    for at in range(len(part)):
        merged = merged_in([part[:at], part[at:]])
        assert merged.begin == {4: {1: 6}, 10: {26: 12}}


def test_so_many_that_they_would_fill_the_memory_are_refused() -> None:
    with pytest.raises(FileRefused):
        merged_in(f'<mergeCell ref="A{row}:A{row + 1}"/>'.encode() * 1000 for row in range(1, 300))
    merged = Merged()
    for at in range(60):
        merged.add(1, 9, at)
    merged.fill(1, ["x" * 32_000] * 60)
    with pytest.raises(FileRefused):
        all(merged.fill(row, ["y"]) for row in range(2, 1_000))
