"""Headings and rows of what has been read, whichever kind of file it was."""

from collections.abc import Iterator, Sequence

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import COLUMN_LIMIT, Row, Table
from uploads.spreadsheets.layout.heading_rows import is_preamble
from uploads.spreadsheets.layout.splitting import split_headings


def split(*lines: Sequence[str], row_limit: int = 10) -> tuple[tuple[str, ...], Iterator[Row]]:
    found = split_headings(iter(enumerate(lines, start=1)), row_limit=row_limit)
    return found.headings, found.rows


def refusal(*lines: Sequence[str], row_limit: int = 10) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        list(split(*lines, row_limit=row_limit)[1])
    return caught.value


def test_the_first_line_has_the_headings() -> None:
    headings, rows = split(["User Name", "Office"], ["ada", "Leeds"], ["bob", ""])
    assert headings == ("User Name", "Office")
    assert list(rows) == [Row(2, ("ada", "Leeds")), Row(3, ("bob", ""))]


def test_a_short_row_is_filled_up() -> None:
    _headings, rows = split(["A", "B", "C"], ["1"])
    assert [row.cells for row in rows] == [("1", "", "")]


def test_headings_end_at_the_last_one_with_a_text() -> None:
    headings, rows = split(["A", "", "C", " ", ""], ["1", "", "3", "", ""])
    assert headings == ("A", "", "C")
    assert [row.beyond for row in rows] == [False]


@pytest.mark.parametrize("cells", [["1", "", "3", "4"], ["1", "2", "3"]])
def test_a_value_without_a_heading_is_noted(cells: list[str]) -> None:
    _headings, rows = split(["A", "", "C"], cells)
    assert [(row.cells[0], row.beyond) for row in rows] == [("1", True)]


@pytest.mark.parametrize("line", [["version:v1.0"], ["version:v1.0", "", ""], [" version:v2 "]])
def test_what_stands_above_the_headings_of_entras_template_is_skipped(line: list[str]) -> None:
    assert is_preamble(line)
    headings, rows = split(line, ["User Name"], ["ada"])
    assert headings == ("User Name",)
    assert [row.number for row in rows] == [3]


@pytest.mark.parametrize("line", [["version"], ["version:v1.0", "User Name"], ["version:x"], []])
def test_other_lines_are_none_of_it(line: list[str]) -> None:
    assert not is_preamble(line)


def test_a_file_without_a_row_is_refused() -> None:
    assert refusal().code == "file-empty"
    assert refusal(["version:v1.0"]).code == "file-empty"
    assert "no row below them" in str(refusal(["User Name"]))


def test_a_file_that_is_too_wide_is_refused() -> None:
    headings, _rows = split(["A"] * COLUMN_LIMIT, ["1"])
    assert len(headings) == COLUMN_LIMIT
    found = refusal(["A"] * (COLUMN_LIMIT + 1), ["1"])
    assert (found.code, "1,000 columns" in str(found)) == ("file-too-wide", True)


def test_a_file_that_is_too_long_is_refused_at_the_row_beyond() -> None:
    lines = [["A"], ["1"], ["2"], ["3"]]
    assert len(list(split(*lines, row_limit=3)[1])) == 3
    found = refusal(*lines, row_limit=2)
    assert (found.code, "more than 2 rows" in str(found)) == ("file-too-many-rows", True)
    assert "more than 1 row." in str(refusal(*lines, row_limit=1))


def test_a_table_says_how_it_was_read() -> None:
    book = Table("xlsx", ("A",), iter(()), sheet="People")
    assert book.described() == "Read from the sheet People."
    text = Table("csv", ("A", "B"), iter(()), encoding="windows-1250", separator=";")
    assert text.described() == "Read as Windows-1250, separated by semicolons."
    single = Table("csv", ("A",), iter(()), encoding="utf-8", separator=",")
    assert single.described() == "Read as UTF-8, one column."
