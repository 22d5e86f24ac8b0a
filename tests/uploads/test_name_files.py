"""A file of names to select by: which of its columns, and what it leaves open."""

import io

import pytest
from openpyxl import Workbook

from tests.uploads.spreadsheets.workbooks import saved
from uploads.errors import FileRefused
from uploads.name_files import NAME_LIMIT, read_names

NAMES = ["ann@x.example", "bo@x.example"]


def read(content: bytes, name: str = "names.csv") -> list[str]:
    return read_names(io.BytesIO(content), name)[0]


@pytest.mark.parametrize(
    "lines",
    [
        ["User Name", *NAMES],
        ["Alternate email address;User Name", f"a@z.example;{NAMES[0]}", f";{NAMES[1]}"],
        ["Name,Owner", f"Ann,{NAMES[0]}", f"Bo,{NAMES[1]}"],
        ["User principal name\tDisplay name", f"{NAMES[0]}\tAnn", f"{NAMES[1]}\tBo"],
        ["Display name,Mail", f'"Roe, Ann","Ann Roe <{NAMES[0]}>"', f"Bo,mailto:{NAMES[1]}"],
    ],
)
def test_the_column_with_user_names_is_read(lines: list[str]) -> None:
    assert read("\r\n".join(lines).encode()) == NAMES


def test_without_headings_nobody_is_lost() -> None:
    assert read("\n".join(NAMES).encode()) == NAMES
    assert read(NAMES[0].encode()) == NAMES[:1]
    assert read(f"Ann,{NAMES[0]}\nBo,{NAMES[1]}".encode()) == NAMES


def test_an_encoding_that_is_unclear_does_not_stop_names() -> None:
    assert read(f"User Name,Display Name\n{NAMES[0]},Ad\u00e1".encode("cp1252")) == NAMES[:1]


def test_a_workbook_is_read_and_what_it_hides_is_said() -> None:
    book = Workbook()
    for line in (["User Name"], *([name] for name in NAMES)):
        book.active.append(line)
    book.active.row_dimensions[3].hidden = True
    names, notes = read_names(io.BytesIO(saved(book)), "names.xlsx")
    assert names == NAMES[:1]
    assert notes == ["1 hidden row was left out."]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(content)


def test_more_names_than_are_taken_are_refused() -> None:
    lines = ["User Name", *(f"u{number}@x.example" for number in range(NAME_LIMIT + 1))]
    assert len(read("\n".join(lines[:-1]).encode())) == NAME_LIMIT
    with pytest.raises(FileRefused):
        read("\n".join(lines).encode())
