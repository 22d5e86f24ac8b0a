"""The rows of one sheet, cell by cell."""

from array import array
from collections.abc import Sequence

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import COLUMN_LIMIT
from uploads.spreadsheets.flaws import NO_RESULT, TWO_VALUES
from uploads.spreadsheets.layout.choosing import Hidden
from uploads.spreadsheets.sheets import sheet_rows
from uploads.spreadsheets.shown.numbers import LOCAL_DATE, PLAIN, Format, number_format
from uploads.spreadsheets.strings import SharedStrings

TEXTS = SharedStrings(b"AdaBob", array("Q", [0, 3, 6]))


def rows(
    *lines: str, shown: Sequence[Format] = (), from_1904: bool = False
) -> list[tuple[int, list[str]]]:
    xml = f"<worksheet><sheetData>{''.join(lines)}</sheetData></worksheet>"
    return list(sheet_rows([xml.encode()], TEXTS, shown, Hidden(), from_1904=from_1904))


def cells(line: str) -> list[str]:
    ((_number, found),) = rows(f"<row>{line}</row>")
    return found


def refusal(*lines: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        rows(*lines)
    return caught.value


def test_cells_stand_where_they_say() -> None:
    assert cells('<c r="B1"><v>1</v></c><c r="D1"><v>2</v></c>') == ["", "1", "", "2"]
    assert cells("<c><v>1</v></c><c/><c><v>3</v></c>") == ["1", "", "3"]
    assert cells('<c r="AA1"><v>1</v></c><c><v>2</v></c>') == [*[""] * 26, "1", "2"]


def test_rows_have_the_numbers_that_they_say() -> None:
    one = "<c><v>1</v></c>"
    found = rows(f"<row>{one}</row>", f'<row r="5">{one}</row>', f"<row>{one}</row>", "<row/>")
    assert found == [(1, ["1"]), (5, ["1"]), (6, ["1"]), (7, [])]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="s"><v>1</v></c>', "Bob"),
        ('<c t="s"><v> 0 </v></c>', "Ada"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="str"><f>A1</f><v>a_x000A_b</v></c>', "a\nb"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2026-01-31</v></c>', "2026-01-31"),
        ('<c t="inlineStr"><is><t>Ada</t></is></c>', "Ada"),
        ('<c t="inlineStr"><is><r><t>A</t></r><r><t>da</t></r></is></c>', "Ada"),
        ('<c t="inlineStr"><is><t>桜</t><rPh><t>サ</t></rPh></is></c>', "桜"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ("<c><v>12.0</v></c>", "12"),
    ],
)
def test_each_kind_of_cell_is_its_text(cell: str, text: str) -> None:
    assert cells(cell) == [text]


def test_numbers_are_shown_by_their_style() -> None:
    shown = [PLAIN, number_format(164, "00000"), LOCAL_DATE]
    line = "".join(f'<c s="{at}"><v>46053</v></c>' for at in ("0", "1", "2", "9", "x"))
    found = rows(f"<row>{line.replace('46053', '61', 3)}</row>", shown=shown)
    assert found == [(1, ["61", "00061", "1900-03-01", "46053", "46053"])]
    late = rows('<row><c s="2"><v>1</v></c></row>', shown=shown, from_1904=True)
    assert late == [(1, ["1904-01-02"])]


def test_a_formula_without_its_result_is_told_from_one_that_gives_an_empty_text() -> None:
    for cell in ("<c><f>A1</f></c>", "<c><f>A1</f><v/></c>", '<c t="n"><f/></c>'):
        assert cells(cell) == [NO_RESULT]
    assert cells('<c t="str"><f>A1</f><v></v></c>') == []
    assert cells("<c><v></v></c>") == []


def test_a_cell_that_is_there_twice_has_neither_of_two_values() -> None:
    one, other = '<c r="A1"><v>1</v></c>', '<c r="A1" t="str"><v>x</v></c>'
    empty, last = '<c r="A1"/>', '<c r="B1"><v>2</v></c>'
    for twice in (one + other, other + one, one + last + other, one + other + one):
        assert cells(twice + last)[0] == TWO_VALUES
    # A third one that is as our mark says nothing of it.
    assert cells(one + other + f'<c r="A1" t="str"><v>{TWO_VALUES}</v></c>') == [TWO_VALUES]
    # The same value twice is one, and so is one beside none.
    for once in (one + one, one + empty, empty + one, one + '<c r="a1" t="str"><v>1</v></c>'):
        assert cells(once + last) == ["1", "2"]


def test_a_format_adds_to_texts_of_each_kind() -> None:
    shown = [PLAIN, number_format(164, '"Dr. "@')]
    line = (
        '<c s="1" t="s"><v>0</v></c><c s="0" t="s"><v>0</v></c><c s="1" t="str"><v>x</v></c>'
        '<c s="1" t="inlineStr"><is><t>y</t></is></c><c s="1" t="e"><v>#N/A</v></c>'
        '<c s="1"><v>7</v></c>'
    )
    found = rows(f"<row>{line}</row>", shown=shown)
    assert found == [(1, ["Dr. Ada", "Ada", "Dr. x", "Dr. y", "#N/A", "7"])]


def test_hidden_rows_are_empty_and_counted_and_hidden_columns_named() -> None:
    one = "<c><v>1</v></c>"
    xml = (
        '<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/>'
        f'<col min="7" max="16384" hidden="true"/></cols><sheetData><row>{one}</row>'
        f'<row hidden="1">{one}</row><row hidden="true"/><row hidden="0">{one}</row>'
        "</sheetData></worksheet>"
    ).encode()
    hidden = Hidden()
    found = list(sheet_rows([xml], TEXTS, (), hidden, from_1904=False))
    assert found == [(1, ["1"]), (2, []), (3, []), (4, ["1"])]
    assert (hidden.found.hidden_rows, hidden.columns) == (1, {1, 2, *range(6, COLUMN_LIMIT)})
    taken = Hidden(taken=True)
    found = list(sheet_rows([xml], TEXTS, (), taken, from_1904=False))
    assert found == [(1, ["1"]), (2, ["1"]), (3, []), (4, ["1"])]
    assert (taken.found.hidden_rows, taken.columns) == (0, set())


@pytest.mark.parametrize(
    "lines",
    [
        ['<row r="3"/>', '<row r="3"/>'],
        ['<row r="3"/>', '<row r="2"/>'],
        ['<row r="0"/>'],
        ['<row r="1048577"/>'],
        ['<row><c t="s"><v>2</v></c></row>'],
        ['<row><c t="s"><v>-1</v></c></row>'],
        ['<row><c t="s"><v>first</v></c></row>'],
        [f'<row><c t="inlineStr"><is><t>{"x" * 100_001}</t></is></c></row>'],
        [f"<row>{'<c t=' + chr(34) + 'b' + chr(34) + '><v>1</v></c>'}" * 30_000],
    ],
    ids=["twice", "back", "none", "beyond", "no text", "negative", "no number", "long", "open"],
)
def test_what_no_spreadsheet_program_writes_is_damage(lines: list[str]) -> None:
    assert refusal(*lines).code == "file-damaged"


def test_what_stands_far_to_the_right_is_beyond_the_headings() -> None:
    found = cells('<c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c>')
    assert (len(found), found[0], found[-1]) == (COLUMN_LIMIT + 1, "1", "2")


def test_many_cells_may_not_point_to_one_long_text() -> None:
    texts = SharedStrings(b"x" * 30_000, array("Q", [0, 30_000]))
    cell = '<c t="s"><v>0</v></c>'
    xml = f"<sheetData><row>{cell * 3}</row><row>{cell * 4}</row></sheetData>".encode()
    read = sheet_rows([xml], texts, (), Hidden(), from_1904=False)
    assert len(next(read)[1]) == 3
    with pytest.raises(FileRefused, match="damaged"):
        next(read)
