"""A workbook is read as a person sees it, and refused early where it cannot be or should not."""

import io
import zipfile
from datetime import date, time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customers.spreadsheet_files import xlsx_file
from tests.uploads.spreadsheets.workbooks import PARTS, archive, by_hand, saved, workbook
from uploads.spreadsheets import FileRefused, Row, kept_text, open_table

HEADINGS = ["User Name", "Office Phone"]


def rows_of(content: bytes, row_limit: int = 100) -> list[Row]:
    with open_table(io.BytesIO(content), name="people.xlsx", row_limit=row_limit) as table:
        return list(table.rows)


def cells_of(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(content)]


def text_of(value: Any, number_format: str = "General") -> str:
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(["ada", value])
    book.active["B2"].number_format = number_format
    return cells_of(saved(book))[0][1]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        ("  text, as it is\n ", "General", "  text, as it is\n "),
        ("_x000D_ and _x005F_", "General", "\r and _"),
        (12.0, "General", "12"),
        (0.1, "0.00", "0.10"),
        (1 / 3, "0.00", "0.33"),
        (1 / 3, "General", "0.333333333333333"),
        (493012345678, "General", "493012345678"),
        (4.93012345678e11, "0.00E+00", "493012345678"),
        (-7, "[Red]0", "-7"),
        (1234, "00000", "01234"),
        (True, "General", "TRUE"),
        (date(2026, 1, 31), "dd.mm.yyyy", "31.01.2026"),
        (46053.3541666667, "d/m/yy h:mm", "31/1/26 8:30"),
        (time(8, 30), "h:mm", "8:30"),
        (1, "mm-dd-yy", "1900-01-01"),
        (61, '"day "d', "day 1"),
        (46053, '0 "days"', "46053 days"),
        (46053, "[Red]0", "46053"),
        (99_999_999, "d/m/yy", "99999999"),
        ("#N/A", "General", "#N/A"),
    ],
)
def test_a_value_is_the_text_that_one_sees(value: Any, number_format: str, expected: str) -> None:
    assert text_of(value, number_format) == expected


def test_days_may_be_counted_from_1904() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (HEADINGS, ["ada", date(2026, 1, 31)]):
        book.active.append(row)
    assert cells_of(saved(book)) == [("ada", "2026-01-31")]


def test_rows_are_numbered_as_in_the_spreadsheet_and_blank_ones_left_out() -> None:
    content = workbook([[], HEADINGS, ["ada"], ["", "\xa0"], [None, 1, None, "stray"]])
    assert rows_of(content) == [
        Row(3, ("ada", "")),
        Row(5, ("", "1"), beyond="stray"),
    ]


def test_the_first_sheet_that_is_shown_and_has_a_value_is_told_by_name() -> None:
    book = Workbook()
    book.create_sheet("Hidden").append(["secret"])
    book["Hidden"].sheet_state = "hidden"
    for name in ("Mitarbeiter", "Archiv"):
        for row in (HEADINGS, [name, 1]):
            (book[name] if name in book else book.create_sheet(name)).append(row)
    with open_table(io.BytesIO(saved(book)), name="x.xlsx", row_limit=9) as table:
        assert (table.kind, table.sheet) == ("xlsx", "Mitarbeiter")
        assert table.described() == "Read from the sheet Mitarbeiter."
        assert [row.cells for row in table.rows] == [("Mitarbeiter", "1")]


def test_what_our_export_writes_comes_back_to_the_letter() -> None:
    rows = [HEADINGS, ["=1+1", "'=1"], ["#N/A", "a\r\nb"], ["_x000D_", " x "], ["_x005F_x", "-"]]
    with xlsx_file(rows) as file:
        read = [tuple(map(kept_text, cells)) for cells in cells_of(file.read())]
    assert read == [tuple(row) for row in rows[1:]]


def test_runs_of_a_text_are_joined_and_its_pronunciation_left_out() -> None:
    strings = "<si><r><t>東</t></r><r><t>京</t></r><rPh><t>とう</t></rPh></si><si><t>a</t></si>"
    rows = (
        '<row><c t="inlineStr"><is><t>User Name</t><rPh><t>x</t></rPh></is></c></row>'
        '<row><c t="s"><v>0</v></c></row><row r="7"><c r="A7" t="s"><v>1</v></c></row>'
    )
    assert rows_of(by_hand(rows, strings)) == [Row(2, ("東京",)), Row(7, ("a",))]


def test_a_formula_is_its_value_and_one_without_is_a_flaw_of_its_cell() -> None:
    rows = '<row><c t="str"><f>A1</f><v>Email</v></c></row><row><c><f>1+1</f><v>2</v></c></row>'
    found = rows_of(by_hand(f"{rows}<row><c><f>1+1</f></c></row>"))
    assert [(row.cells, row.flaws) for row in found] == [
        (("2",), ()),
        (("#FORMULA!",), ((0, "no-result"),)),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook([]), "The file is empty"),
        (workbook([HEADINGS]), "no row below"),
        (workbook([HEADINGS, *[[n] for n in range(101)]]), "more than 100 rows"),
        (workbook([range(1_001), [1]]), "more than 1,000 columns"),
        (archive({"word/document.xml": ""}), "“people.xlsx” is a Word document"),
        (archive({"content.xml": ""}), "an OpenDocument file"),
        (archive({"xl/workbook.bin": ""}), "binary workbook"),
        (archive({"a.txt": ""}), "a packed archive"),
        (archive({"[Content_Types].xml": ""}), "damaged"),
        (by_hand('<row><c t="s"><v>5</v></c></row>'), "damaged"),
        (by_hand('<row r="2"/><row r="1"/>'), "damaged"),
        (by_hand('<row r="1048577"/>'), "damaged"),
        (by_hand("<row>"), "damaged"),
        (workbook([HEADINGS, ["ada"]])[:-30], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "before Excel 97"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected with a password",
        ),
    ],
    ids=range(17),
)
def test_what_is_no_workbook_is_refused_with_a_reason(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        rows_of(content)


def test_an_archive_with_a_locked_part_is_refused() -> None:
    content = bytearray(workbook([HEADINGS, ["ada"]]))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileRefused, match="protected with a password"):
        rows_of(bytes(content))


def test_entities_are_refused_before_they_grow() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(archive({**PARTS, "xl/worksheets/sheet1.xml": laughs}))


def test_a_directory_that_lies_about_a_size_is_found_out() -> None:
    """It says 10 bytes of a part that has millions: no more than these are unpacked."""
    content = bytearray(by_hand("<row/>" * 1_000_000))
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        size = opened.getinfo("xl/worksheets/sheet1.xml").file_size
    said = size.to_bytes(4, "little")
    at = content.rfind(said)
    content[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(bytes(content))
