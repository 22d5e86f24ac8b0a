"""No cell of a file is ever read as a formula, and every text comes back as it was."""

import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from customers.spreadsheet_files import BOM, csv_lines, text_cell, typed_value, xlsx_file

FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "'@x", "''=1"]
HARMLESS = ["", "a=b", "O'Brien", "'quoted'", "'", "1-1", " =1", "ß", "#N/A"]


@pytest.mark.parametrize("value", FORMULAS)
def test_what_a_spreadsheet_would_run_becomes_text(value: str) -> None:
    assert text_cell(value) == f"'{value}"
    assert typed_value(text_cell(value)) == value


@pytest.mark.parametrize("value", HARMLESS)
def test_what_is_harmless_stays(value: str) -> None:
    assert text_cell(value) == value
    assert typed_value(value) == value


def test_a_file_quotes_what_needs_it_and_begins_with_its_mark() -> None:
    lines = list(csv_lines([["a", 'say "x", y'], ["=1", "line\nbreak"]]))
    assert lines == ["\ufeff", 'a,"say ""x"", y"\r\n', '\'=1,"line\nbreak"\r\n']


@given(st.text(alphabet="'=+-@\t\ra1 ", max_size=8))
def test_every_text_comes_back_whole(value: str) -> None:
    assert typed_value(text_cell(value)) == value
    assert text_cell(value)[:1] not in {"=", "+", "-", "@", "\t", "\r"} or not value


def test_a_csv_without_rows_is_its_mark_alone() -> None:
    assert list(csv_lines([])) == [BOM]


def test_a_csv_is_written_while_its_rows_are_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            read.append(number)
            yield [str(number)]

    lines = csv_lines(rows())
    assert (next(lines), read) == (BOM, [])
    assert (next(lines), read) == ("0\r\n", [0])


def test_every_cell_of_a_workbook_is_text_as_it_is() -> None:
    rows = [["Name", "Note"], *([value, value] for value in ["=1+1", "#REF!", "-1", "007", "Zoë"])]
    with xlsx_file(rows) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        cells = [list(row) for row in sheet.iter_rows()]
    assert [[cell.value for cell in row] for row in cells] == rows
    assert {cell.data_type for row in cells for cell in row} == {"s"}


def test_an_empty_text_is_an_empty_cell() -> None:
    with xlsx_file([["", "x"]]) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        assert [cell.value for cell in sheet[1]] == [None, "x"]


def test_what_xml_does_not_keep_is_left_out_or_written_down() -> None:
    with xlsx_file([["a\x00b", "a\rb", "_x000D_"]]) as file, ZipFile(file) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("sheet1.xml")]
        written = archive.read(name).decode()
        strings = "xl/sharedStrings.xml"
        if strings in archive.namelist():
            written += archive.read(strings).decode()
    assert "\x00" not in written
    assert re.search(r"a_x000D_b", written)
    assert re.search(r"_x005F_x000D_", written)
