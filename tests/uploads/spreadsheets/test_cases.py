"""Files as people really have them, after what was reported of other products: the right value."""

import io
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.uploads.spreadsheets.workbooks import PARTS, archive, saved
from uploads.spreadsheets import Answers, Row, Table, Unclear, open_table

UNASKED = Answers()
HEADINGS = ["First name", "Last name", "Display name", "Email"]
ANNA = ("Anna", "Berg", "Anna Berg", "anna.berg@contoso.example")
BEN = ("Ben", "Berg", "Ben Berg", "ben.berg@contoso.example")


def read(content: str | bytes, answers: Answers = UNASKED) -> tuple[Table, list[Row]]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    with open_table(file, name="people", answers=answers, row_limit=100) as table:
        return table, list(table.rows)


def cells(rows: list[Row]) -> list[tuple[str, ...]]:
    return [row.cells for row in rows]


def test_powershell_writes_a_type_line() -> None:
    table, rows = read(
        "#TYPE Selected.Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser\r\n"
        '"DisplayName","UserPrincipalName","GivenName","Surname"\r\n'
        '"Anna Berg","anna.berg@contoso.example","Anna","Berg"\r\n'
    )
    assert table.headings == ("DisplayName", "UserPrincipalName", "GivenName", "Surname")
    assert rows == [Row(3, ("Anna Berg", "anna.berg@contoso.example", "Anna", "Berg"))]
    assert table.notes == (
        "Skipped above the headings: 1 row (“#TYPE Selected.Microsoft.Graph.PowerShe…”)",
    )


def test_a_quotation_mark_may_stand_after_a_space() -> None:
    table, rows = read(
        "First name, Last name, Display name, Email\n"
        '"Anna", "Berg", "Anna Berg", anna.berg@contoso.example\n'
    )
    assert (list(table.headings), cells(rows)) == (HEADINGS, [ANNA])
    assert table.notes == ("Spaces before quotation marks were removed.",)


@pytest.mark.parametrize("after", ["", ",,"])
def test_each_line_may_stand_wholly_in_quotation_marks(after: str) -> None:
    lines = [",".join(HEADINGS), ",".join(ANNA), 'Ben,Berg,""Berg, Ben"",ben.berg@contoso.example']
    table, rows = read("".join(f'"{line}"{after}\n' for line in lines))
    assert list(table.headings) == HEADINGS
    assert cells(rows) == [ANNA, ("Ben", "Berg", "Berg, Ben", "ben.berg@contoso.example")]
    assert table.notes == (
        "Each line was enclosed in quotation marks as a whole, and was split again.",
    )


def test_a_title_may_stand_above_the_headings_of_a_text() -> None:
    table, rows = read(
        "Staff list November 2026,,,\n,,,\nFirst name,Last name,Display name,Email\n"
        "Anna,Berg,Anna Berg,anna.berg@contoso.example\n"
    )
    assert (list(table.headings), rows) == (HEADINGS, [Row(4, ANNA)])
    assert table.notes == ("Skipped above the headings: 1 row (“Staff list November 2026”)",)


def test_a_title_over_all_columns_may_stand_above_those_of_a_workbook() -> None:
    book = Workbook()
    for line in (["Staff list 2026"], [], HEADINGS, ANNA):
        book.active.append(line)
    book.active.merge_cells("A1:D1")
    table, rows = read(saved(book))
    assert (list(table.headings), rows) == (HEADINGS, [Row(4, ANNA)])
    assert table.notes == ("Skipped above the headings: 1 row (“Staff list 2026”)",)


FORMATS = {
    '0#" "##" "##" "##" "##': (123456789, "01 23 45 67 89"),
    r"[<=9999999]###\-####;\(###\)\ ###\-####": (2065551234, "(206) 555-1234"),
    r"00000\-0000": (21394307, "02139-4307"),
    r"00\-000": (950, "00-950"),
    '"+"0': (491701234567, "+491701234567"),
    "+0": (491701234567, "+491701234567"),
    r"0000\ 000\ 000": (412345678, "0412 345 678"),
    r"00000\-000": (1310100, "01310-100"),
    r"000\ 00": (11122, "111 22"),
    "00000": (2138, "02138"),
    "0#": (2079460000, "2079460000"),
    "00000 000000": (2079460000, "02079 460000"),
}


def test_numbers_are_the_text_that_one_saw() -> None:
    book = Workbook()
    book.active.append(["Email", "Office phone", "ZIP or Postal Code"])
    for at, (code, (number, _shown)) in enumerate(FORMATS.items(), start=2):
        book.active.append([f"u{at}@contoso.example", number, number])
        for column in "BC":
            book.active[f"{column}{at}"].number_format = code
    _table, rows = read(saved(book))
    assert [row.cells[1:] for row in rows] == [(shown, shown) for _n, shown in FORMATS.values()]


def test_errors_are_flaws_and_days_are_as_shown() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Email", "Department", "Office number"])
    sheet.append(["a@contoso.example", "#N/A", "#REF!"])
    sheet.append(["b@contoso.example", date(2026, 4, 3), date(2026, 10, 2)])
    sheet["B3"].number_format, sheet["C3"].number_format = "d-mmm", "mm-d"
    sheet.append(["c@contoso.example", "#VALUE!", "#DIV/0!"])
    _table, rows = read(saved(book))
    assert cells(rows) == [
        ("a@contoso.example", "#N/A", "#REF!"),
        ("b@contoso.example", "3-Apr", "10-2"),
        ("c@contoso.example", "#VALUE!", "#DIV/0!"),
    ]
    wrong = ((1, "error-value"), (2, "error-value"))
    assert [row.flaws for row in rows] == [wrong, (), wrong]


def test_hidden_rows_are_left_out_unless_they_are_asked_for() -> None:
    book = Workbook()
    for line in (["Email"], *[[f"{name}@contoso.example"] for name in ("a", "b", "c", "d")]):
        book.active.append(line)
    for row in (3, 4):
        book.active.row_dimensions[row].hidden = True
    book.active.auto_filter.ref = "A1:A5"
    table, rows = read(saved(book))
    assert [row.number for row in rows] == [2, 5]
    assert table.found.hidden_rows == 2
    assert table.found.notes() == ("2 hidden rows were skipped.",)
    table, rows = read(saved(book), Answers(hidden=True))
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert table.found.notes() == ()


def test_hidden_columns_are_left_out_unless_they_are_asked_for() -> None:
    book = Workbook()
    for line in (["Email", "Department", "City"], ["a@contoso.example", "Sales", "Oslo"]):
        book.active.append(line)
    book.active.column_dimensions[get_column_letter(2)].hidden = True
    table, rows = read(saved(book))
    assert (table.headings, cells(rows)) == (("Email", "City"), [("a@contoso.example", "Oslo")])
    assert table.found.notes() == ("A hidden column was skipped: Department",)
    table, rows = read(saved(book), Answers(hidden=True))
    assert table.headings == ("Email", "Department", "City")
    assert cells(rows) == [("a@contoso.example", "Sales", "Oslo")]


def test_the_sheet_with_the_users_is_read_and_others_are_named() -> None:
    book = Workbook()
    book.active.title = "Read me"
    for text in ("How to fill in this form", None, "1. Go to the sheet Users", "2. One row each"):
        book.active.append([text])
    for line in (HEADINGS, ANNA):
        (book["Users"] if "Users" in book else book.create_sheet("Users")).append(line)
    table, rows = read(saved(book))
    assert (table.sheet, table.sheets, cells(rows)) == ("Users", ("Read me",), [ANNA])
    table, rows = read(saved(book), Answers(sheet="Read me"))
    assert (table.sheet, table.sheets) == ("Read me", ("Users",))


def test_formulas_without_results_are_flaws() -> None:
    book = Workbook()
    book.active.append(["Email", "Display name", "Office phone"])
    book.active.append(["a@contoso.example", '=B2&", "&A2', "=100+1"])
    _table, rows = read(saved(book))
    assert [row.flaws for row in rows] == [((1, "no-result"), (2, "no-result"))]


def test_lost_digits_and_narrow_columns_are_flaws() -> None:
    _table, rows = read(
        "Email,Mobile phone,ZIP or Postal Code\n"
        "anna.s@contoso.example,4.91701E+11,2138\n"
        'ben.s@contoso.example,"4,91701E+11",########\n'
    )
    assert [row.flaws for row in rows] == [
        ((1, "digits-lost"),),
        ((1, "digits-lost"), (2, "too-narrow")),
    ]


def test_a_control_z_at_the_end_is_a_row_that_is_told() -> None:
    lines = f"{','.join(HEADINGS)}\r\n{','.join(ANNA)}\r\n\x1a"
    _table, rows = read(lines)
    assert cells(rows) == [ANNA, ("\x1a", "", "", "")]


@pytest.mark.parametrize(
    "target", ["sharedStrings.xml", "/xl/SHAREDSTRINGS.xml", "Shared%53trings.xml"]
)
def test_parts_may_be_written_in_another_case_or_with_backslashes(target: str) -> None:
    strings = "<sst><si><t>Email</t></si><si><t>a@contoso.example</t></si></sst>"
    sheet = "".join(f'<row><c t="s"><v>{at}</v></c></row>' for at in (0, 1))
    rels = PARTS["xl/_rels/workbook.xml.rels"]
    parts = {
        "[content_types].xml": PARTS["[Content_Types].xml"],
        "_rels/.rels": PARTS["_rels/.rels"],
        "XL\\Workbook.xml": PARTS["xl/workbook.xml"],
        "xl\\_rels\\workbook.xml.rels": rels.replace("/xl/sharedStrings.xml", target),
        "xl/SharedStrings.xml": strings,
        "xl/worksheets/Sheet1.xml": f"<worksheet><sheetData>{sheet}</sheetData></worksheet>",
    }
    assert cells(read(archive(parts))[1]) == [("a@contoso.example",)]


def test_without_headings_a_user_is_asked_and_nobody_lost() -> None:
    content = f"{','.join(ANNA)}\n{','.join(BEN)}\n"
    with pytest.raises(Unclear) as unclear:
        read(content)
    assert unclear.value.question == "headings"
    assert [choice.sample for choice in unclear.value.choices] == [(ANNA, BEN)] * 2
    table, rows = read(content, Answers(headings="no"))
    assert table.headings == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert cells(rows) == [ANNA, BEN]
    table, rows = read(content, Answers(headings="yes"))
    assert (table.headings, cells(rows)) == (ANNA, [BEN])
