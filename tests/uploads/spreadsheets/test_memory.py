"""The memory that reading takes does not grow with the file, and what would burst is refused."""

import io
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from customers.spreadsheet_files import csv_lines
from tests.uploads.spreadsheets.workbooks import PARTS, archive, by_hand
from uploads.spreadsheets import FileRefused, open_table

ROWS = 100_000
MEGABYTE = 1_000_000


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # What was refused, too, must not have filled it.
        assert peak <= megabytes * MEGABYTE


def count_rows(file: BinaryIO) -> int:
    with open_table(file, name="people", row_limit=ROWS) as table:
        return sum(1 for _row in table.rows)


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused, at_most(megabytes=12):
        count_rows(io.BytesIO(content))
    return str(refused.value)


def test_a_hundred_thousand_rows_of_text_stay_out_of_memory(tmp_path: Path) -> None:
    rows = ([f"user{n}@contoso.example", f"Zoë {n}", "Sales"] for n in range(ROWS))
    path = tmp_path / "people.csv"
    path.write_text("".join(csv_lines([["Email", "Display name", "Department"], *rows])))
    with path.open("rb") as file, at_most(megabytes=12):
        assert count_rows(file) == ROWS


def test_the_texts_of_a_workbook_stay_out_of_memory() -> None:
    """As long as the cells that point to them are read, they lie on disk."""
    strings = "".join(f"<si><t>user{n}@contoso.example</t></si>" for n in range(30_000))
    rows = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in range(30_000))
    content = by_hand(f'<row><c t="str"><v>Email</v></c></row>{rows}', strings)
    with at_most(megabytes=12):
        assert count_rows(io.BytesIO(content)) == 30_000


def test_a_file_with_holes_is_refused_at_the_first_one(tmp_path: Path) -> None:
    path = tmp_path / "holes.csv"
    with path.open("wb") as file:
        file.write(b"Email\r\nada@contoso.example\r\n")
        file.truncate(1_000 * MEGABYTE)
    with path.open("rb") as file, at_most(12), pytest.raises(FileRefused, match="NUL bytes"):
        count_rows(file)


def test_text_without_an_end_of_line_is_refused_at_a_row_s_length(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        for _time in range(50):
            file.write(b"ada@contoso.example, " * 50_000)
    with path.open("rb") as file, at_most(12), pytest.raises(FileRefused, match="is too long"):
        count_rows(file)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_part_that_swells_is_refused_by_the_directory(part: str) -> None:
    assert "holds more than can be read" in refusal(archive({**PARTS, part: b"<a/>" * 10_000_000}))


def test_one_long_text_under_many_cells_is_refused() -> None:
    cell = '<row><c t="s"><v>0</v></c></row>'
    for text in ("x" * 90_000, "\U0001f600" + "x" * 90_000):
        content = by_hand(cell * 5_000, f"<si><t>{text}</t></si>")
        assert "holds more than can be read" in refusal(content)
        row = "".join(["<row>", '<c t="s"><v>0</v></c>' * 900, "</row>"])
        assert "damaged" in refusal(by_hand(row, f"<si><t>{text}</t></si>"))


def test_a_row_has_no_more_text_than_a_page_of_them_can_show() -> None:
    cells = ["x" * 25_000] * 4
    row = "".join(f'<c t="str"><v>{text}</v></c>' for text in [*cells, "y"])
    assert "damaged" in refusal(by_hand(f'<row><c t="str"><v>Email</v></c></row><row>{row}</row>'))
    table = "".join(csv_lines([["Email", "a", "b", "c", "d"], [*cells, "y"]]))
    assert "is too long: perhaps" in refusal(table.encode())


@pytest.mark.parametrize("opening", ["<!--", "<a b='", "<?a "])
def test_a_token_that_does_not_end_is_refused(opening: str) -> None:
    assert "damaged" in refusal(by_hand(opening + "x" * 15_000_000))


def test_a_directory_of_too_many_parts_is_refused() -> None:
    assert "damaged" in refusal(archive({**PARTS, **{f"{n:0200}": "" for n in range(5_000)}}))


@pytest.mark.parametrize("element", ["<a b=''/>", "<xf numFmtId='1'/>"])
def test_the_styles_of_a_workbook_stay_out_of_memory(element: str) -> None:
    styles = f"<styleSheet><cellXfs>{element * (MEGABYTE // 2)}</cellXfs></styleSheet>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r3" Type="{kind}" Target="styles.xml"/></Relationships>',
    )
    content = by_hand(
        '<row><c t="str"><v>Email</v></c></row><row><c><v>1</v></c></row>',
        **{"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": rels},
    )
    with at_most(megabytes=90):
        if element.startswith("<a"):
            assert count_rows(io.BytesIO(content)) == 1
        else:
            with pytest.raises(FileRefused, match="damaged"):
                count_rows(io.BytesIO(content))
