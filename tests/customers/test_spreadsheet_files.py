"""No cell of a file is ever read as a formula, and every text comes back as it was."""

import re
import time
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from customers.spreadsheet_files import (
    BOM,
    csv_lines,
    safe_cell,
    text_cell,
    typed_value,
    xlsx_file,
)

# What a program makes something else of where one of these languages is its own.
LANGUAGES = ["en", "de", "fr", "es", "nl", "it", "pt", "pl", "sv", "da", "nb"]
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "'@x", "''=1"]
CHANGED = [
    *("01067", "00", " 12", "0301234567", "0421 555 0163", "(030) 12 34", "123 456", "1'000"),
    *("12.10", "1,5", "1.50", ".5", "3/4", "1-2", "10:30", "5 pm", "5 p", "1E5", "2.5e-3"),
    *("2026-11-29", "2026-11-29T20:24Z", "29.11.", "29. Nov", "MAR1", "Sept 5", "2026年11月29日"),
    *("100%", "5 €", "$5", "R$ 5", "kr 5", "491701234567", "4917012345678901", "٠١٢"),
    *("TRUE", "True", "wahr", " FAUX ", "#N/A", "#BEZUG!", "＝1+1", "'01067", "''TRUE"),
]
HARMLESS = [
    *("", "a=b", "O'Brien", "'t Hart", "'quoted'", "'", " =1", "ß", "March", "Room 12", "#1 Team"),
    *("0", "12", "10122", "12345678901", "'10122", "12A", "3E", "Studio 4", "Marketing 4"),
    *("Via Roma 1", "12 Main St", "u012@contoso.example", "C#", "№ 5", "5 x 3", "A4"),
]


@pytest.mark.parametrize("value", [*FORMULAS, *CHANGED])
def test_what_a_spreadsheet_would_run_or_change_becomes_text(value: str) -> None:
    assert text_cell(value) == f"'{value}"
    assert typed_value(text_cell(value)) == value


def test_a_file_that_is_only_read_is_guarded_against_formulas_alone() -> None:
    assert [safe_cell(value) for value in FORMULAS] == [f"'{value}" for value in FORMULAS]
    same = ["", "'", "2026-11-29T20:24:05+01:00", "01067", "'t Hart", "TRUE"]
    assert [safe_cell(value) for value in same] == same
    assert list(csv_lines([["=1", "01067"]], safe_cell)) == [BOM, "'=1,01067\r\n"]


@pytest.mark.parametrize("value", HARMLESS)
def test_what_is_harmless_stays(value: str) -> None:
    assert text_cell(value) == value
    assert typed_value(value) == value


def test_a_file_quotes_what_needs_it_and_begins_with_its_mark() -> None:
    lines = list(csv_lines([["a", 'say "x", y'], ["=1", "line\nbreak"]]))
    assert lines == ["\ufeff", 'a,"say ""x"", y"\r\n', '\'=1,"line\nbreak"\r\n']


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_of_a_known_language_makes_a_day(language: str) -> None:
    with translation.override(language):
        names = {str(name) for group in (MONTHS, MONTHS_3) for name in group.values()}
    days = [f"5 {name}" for name in names]
    assert [day for day in days if text_cell(day) == day] == []


@pytest.mark.parametrize("text", ["'", "1", "june", "mar ", "1'", "1e", "#"])
def test_a_long_cell_takes_no_longer_than_its_length(text: str) -> None:
    begun = time.process_time()
    for end in ("", "x"):
        cell = text * 50_000 + end
        assert typed_value(text_cell(cell)) == cell
    assert time.process_time() - begun < 5


@given(st.text(alphabet="'=+-@\t\ra1 ", max_size=8) | st.sampled_from([*CHANGED, *HARMLESS]))
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
    values = ["=1+1", "# 12", "-1", "007", "Zoë", "'t Hart", "'10122"]
    rows = [["Name", "Note"], *([value, value] for value in values)]
    with xlsx_file(rows) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        cells = [list(row) for row in sheet.iter_rows()]
    assert [[cell.value for cell in row] for row in cells] == rows
    assert {cell.data_type for row in cells for cell in row} == {"s"}


def test_a_workbook_doubles_the_mark_that_would_be_taken_for_ours() -> None:
    values = ["'=1", "''01067", "'TRUE"]
    with xlsx_file([[value] for value in values]) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        cells = [str(row[0].value) for row in sheet.iter_rows()]
    assert cells == [f"'{value}" for value in values]
    assert [typed_value(cell) for cell in cells] == values


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "########", "Err:502", "4.9E+11"])
def test_a_text_that_looks_like_an_error_is_told_from_one(value: str) -> None:
    with xlsx_file([[value]]) as file:
        sheet = load_workbook(file).active
        assert sheet is not None
        cell = str(sheet["A1"].value)
    assert cell == text_cell(value) == f"'{value}"
    assert typed_value(cell) == value


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
