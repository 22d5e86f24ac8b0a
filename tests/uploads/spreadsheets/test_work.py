"""What a file may cost: what has no value takes time all the same, and is refused before long."""

import io
import time
import zipfile
from contextlib import suppress

import pytest

from tests.uploads.spreadsheets import workbooks
from uploads.spreadsheets import FileRefused, Unclear, open_table
from uploads.spreadsheets.work import EMPTY_LINES

HEAD = "User Name,Display Name\nada@contoso.example,Ada\n"
TOP = '<row><c t="inlineStr"><is><t>User Name</t></is></c></row>'
ROWS = 1_000
# Of the processor; each takes a tenth, where it took minutes of a file of 64 MB.
ENOUGH = 5


def read(content: bytes, *, seconds: float = 60) -> int:
    file = io.BytesIO(content)
    with open_table(file, name="x", row_limit=ROWS, seconds=seconds) as table:
        return sum(1 for _row in table.rows)


def refused(content: bytes, *, match: str) -> None:
    begun = time.thread_time()
    with pytest.raises(FileRefused, match=match):
        read(content)
    assert time.thread_time() - begun < ENOUGH


def stored(rows: str, strings: str = "", **parts: str) -> bytes:
    """A workbook that is as large as what it unpacks to, so that nothing seems a bomb."""
    packed = io.BytesIO(workbooks.by_hand(rows, strings, **parts))
    file = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
        for name in old.namelist():
            made.writestr(name, old.read(name))
    return file.getvalue()


@pytest.mark.parametrize("line", ["\n", "\r", '""\n', ",\n", " , \n", "," * 500 + "\n"], ids=repr)
@pytest.mark.parametrize("head", ["", HEAD], ids=["alone", "below a table"])
def test_lines_without_a_value_are_counted(head: str, line: str) -> None:
    refused((head + line * (4 * 2**20 // len(line))).encode(), match="without a value")


def test_a_table_may_have_empty_lines(db: None) -> None:
    content = HEAD + "\n" * (EMPTY_LINES - 10) + "grace@contoso.example,Grace\n"
    assert read(content.encode()) == 2


@pytest.mark.parametrize("empty", ["<row/>", "<row><c/></row>", "<row><x>a</x></row>"])
def test_rows_of_a_workbook_without_a_value_are_counted(empty: str) -> None:
    refused(stored(TOP + empty * 200_000), match="without a value")


@pytest.mark.parametrize("empty", ["<c/>", '<c r="A5" s="1"/>', "<x/>", "<x>a</x>"])
def test_cells_of_a_workbook_without_a_value_are_counted(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many as would be refused take two seconds each.
    monkeypatch.setattr("uploads.spreadsheets.markup._HOLLOW", 100_000)
    refused(stored(f"{TOP}<row>{empty * 100_001}</row>"), match="without a value")
    refused(stored(TOP, strings=empty * 100_001), match="without a value")


def test_a_file_has_so_many_seconds_of_a_processor() -> None:
    content = (HEAD + "x,y\n" * 999).encode()
    assert read(content) == ROWS
    with pytest.raises(FileRefused, match=r"more than 0 seconds"):
        read(content, seconds=0)
    book = stored(TOP + "<row><c><v>1</v></c></row>" * 10)
    with pytest.raises(FileRefused, match=r"more than 0 seconds"):
        read(book, seconds=0)


@pytest.mark.parametrize("line", ["\t" * 60_000, " " * 60_000, " \t,;|" * 12_000], ids=len)
@pytest.mark.parametrize("end", ["x", ""], ids=["text", "empty"])
def test_a_line_that_names_the_separator_may_be_long(line: str, end: str) -> None:
    begun = time.thread_time()
    # With text behind it, it names none, and is read as any other.
    with suppress(FileRefused, Unclear):
        assert read(f"sep=,{line}{end}\n{HEAD}".encode()) in {1, 2}
    assert time.thread_time() - begun < ENOUGH


def styled(styles: str, row: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    rels = workbooks.PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r3" Type="{kind}" Target="styles.xml"/></Relationships>',
    )
    parts = {"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": rels}
    return workbooks.by_hand(TOP + row, **parts)


def test_a_number_format_of_any_length_is_read() -> None:
    style = "9" * 5_000
    styles = f'<styleSheet><cellXfs><xf numFmtId="{style}"/></cellXfs></styleSheet>'
    assert read(styled(styles, f'<row r="2"><c s="{style}"><v>1</v></c></row>')) == 1


@pytest.mark.parametrize("code", ["[" * 60_000, "[h" * 30_000, "&quot;" * 60_001], ids=len)
def test_a_code_of_a_number_format_may_be_long_and_used_often(code: str) -> None:
    cells = '<xf numFmtId="200"/>' * 20_000
    styles = f'<numFmt numFmtId="200" formatCode="{code}"/><cellXfs>{cells}</cellXfs>'
    begun = time.thread_time()
    row = '<row r="2"><c s="0"><v>1</v></c></row>'
    assert read(styled(f"<styleSheet>{styles}</styleSheet>", row)) == 1
    assert time.thread_time() - begun < ENOUGH


@pytest.mark.parametrize("text", ["_x0000_", "a_xD800_b", "_xDFFF_"])
def test_no_cell_has_what_is_no_character(text: str) -> None:
    row = f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>'
    content = io.BytesIO(workbooks.by_hand(TOP + row))
    with open_table(content, name="x", row_limit=9) as table:
        (found,) = table.rows
    assert "\ufffd" in found.cells[0]
    assert not set(found.cells[0]) & {"\0", "\ud800"}
