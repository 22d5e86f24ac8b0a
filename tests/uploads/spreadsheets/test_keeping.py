"""A table that is kept has been read to its end, and its file may go."""

from collections.abc import Iterator

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import Row, Table, kept

ROWS = [
    Row(2, ("ada@contoso.example", "Adá", "")),
    Row(5, ("line\nbreak", '"quoted", with a comma', "\u2028\ud800"), beyond=True),
]


def table(rows: Iterator[Row]) -> Table:
    return Table("csv", ("User Name", "Name", "Note"), rows, encoding="utf-8", separator=";")


def test_a_kept_table_has_the_same_rows() -> None:
    with kept(table(iter(ROWS))) as found:
        assert list(found.rows) == ROWS
        assert (found.headings, found.encoding, found.separator) == (
            ("User Name", "Name", "Note"),
            "utf-8",
            ";",
        )


def test_rows_are_read_before_the_first_one_is_asked_for() -> None:
    read = []

    def rows() -> Iterator[Row]:
        for row in ROWS:
            read.append(row.number)
            yield row

    with kept(table(rows())):
        assert read == [2, 5]


def test_a_table_without_rows_is_kept() -> None:
    with kept(table(iter(()))) as found:
        assert list(found.rows) == []


def test_what_breaks_off_is_not_kept() -> None:
    def rows() -> Iterator[Row]:
        yield ROWS[0]
        raise FileRefused("The file breaks off.", code="file-damaged")

    with pytest.raises(FileRefused, match="breaks off"), kept(table(rows())):
        pytest.fail("A table that breaks off was handed out.")
