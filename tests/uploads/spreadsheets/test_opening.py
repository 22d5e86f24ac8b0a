"""Whatever comes in: a table, a question or a refusal; and any table that csv writes reads back."""

import csv
import io
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.spreadsheet_files import text_cell, xlsx_file
from tests.uploads.spreadsheets.workbooks import by_hand, workbook
from uploads.columns.matching import is_missing, match
from uploads.spreadsheets import Answers, FileRefused, Table, Unclear, kept_text, open_table
from uploads.spreadsheets.kinds import ALL, CODE_PAGES

QUESTIONS = ("encoding", "separator", "headings")
STYLES = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", *CODE_PAGES]
more_examples = hypothesis_settings(max_examples=4 * hypothesis_settings().max_examples)

# Bytes that mean something to one of the readers.
TOKENS = [
    *[b'"', b"'", b",", b";", b"\t", b"|", b"\r", b"\n", b"sep=", b"\xef\xbb\xbf", b"\xff\xfe"],
    *[
        b"User Name",
        b"Email",
        b"a@b",
        b"\xfc",
        b"\x81",
        b"\0",
        "ü".encode(),
        b"PK\x03\x04",
        b"<html",
    ],
]
SEED = workbook([["User Name", "City"], ["ada", 1], ["=1", True]])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
telling = st.one_of(
    texts, st.sampled_from(["=1", "'=1", "''-", "@", "\t", "\r\n", '"', "ß", "Å;,|"])
)


def outcome(content: bytes, answers: Answers | None = None) -> str:
    """What comes of it, in a word; whatever else is raised is an error of the reader."""
    try:
        read_all(content, answers or Answers())
    except FileRefused as refused:
        return "refused" if str(refused) else "refused without a sentence"
    except Unclear as unclear:
        return unclear.question if unclear.choices else "unclear without a choice"
    return "table"


def read_all(content: bytes, answers: Answers) -> None:
    with open_table(io.BytesIO(content), name="x", answers=answers, row_limit=50) as table:
        width = len(table.headings)
        assert table.described()
        assert all(len(row.cells) == width for row in table.rows)
        is_missing(match(table.headings).names())


@more_examples
@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=4)), max_size=40))
def test_any_bytes_give_a_table_a_question_or_a_refusal(parts: Sequence[bytes]) -> None:
    content = b"".join(parts)
    assert outcome(content) in {"table", "refused", *QUESTIONS}
    for encoding in ("windows-1252", "cp932", "no such"):
        assert outcome(content, Answers(encoding, ";")) in {
            "table",
            "refused",
            "encoding",
            "headings",
        }


@more_examples
@given(st.data())
def test_a_damaged_workbook_gives_one_of_them_too(data: st.DataObject) -> None:
    content = bytearray(SEED)
    for _time in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    assert outcome(bytes(content)) in {"table", "refused", "headings"}
    assert outcome(bytes(content[:cut])) in {"table", "refused", "encoding", "headings"}


@more_examples
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["n", "s", "str", "b", "e", "d", "inlineStr", ""]),
            st.sampled_from(["A1", "B1", "ZZZ9", "", "1"]),
            st.sampled_from(
                ["0", "1", "-1", "1e999", "NaN", "1E400", "9" * 50, "2958465.9", "x", ""]
            ),
            st.sampled_from(["", "<f/>", "<is><t>a</t></is>", "<v>2</v>", "<row>", "</row>"]),
        ),
        max_size=8,
    )
)
def test_so_does_any_sheet(cells: Sequence[tuple[str, str, str, str]]) -> None:
    row = "".join(
        f'<c t="{kind}" r="{place}" s="{value}">{more}<v>{value}</v></c>'
        for kind, place, value, more in cells
    )
    content = by_hand(f"<row><c><v>1</v></c></row><row>{row}</row>", "<si><t>a</t></si>")
    assert outcome(content) in {"table", "refused", "headings"}


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A heading that is known, others that are not, and rows of as many cells."""
    width = draw(st.integers(0, 4))
    row = st.lists(telling, min_size=width + 1, max_size=width + 1)
    rows = draw(st.lists(row.filter(lambda cells: "".join(cells).strip()), min_size=1, max_size=6))
    return [["User Name", *[f"h{at}" for at in range(width)]], *rows]


@more_examples
@given(tables(), st.sampled_from(ENCODINGS), st.sampled_from(",;\t|"), st.sampled_from(STYLES))
@example([["User Name", "h0"], ["''=", "'"]], "utf-8", ",", csv.QUOTE_MINIMAL)
def test_any_table_that_csv_writes_reads_back_to_the_letter(
    table: list[list[str]], encoding: str, separator: str, quoting: Literal[0, 1]
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, quoting=quoting)
    writer.writerows([text_cell(cell) for cell in row] for row in table)
    try:
        content = file.getvalue().encode(encoding)
    except UnicodeEncodeError:
        assume(False)  # Not every letter is in every encoding.
    # By chance a code page's bytes may be UTF-8.
    assume(encoding not in CODE_PAGES or content.isascii() or not is_utf_8(content))
    answers = Answers(encoding, separator)
    with open_table(io.BytesIO(content), name="x", answers=answers, row_limit=9) as found:
        assert_same(found, table)


@more_examples
@given(tables())
@example([["User Name"], ["#\x1b"]])
def test_any_table_of_our_workbooks_reads_back_to_the_letter(table: list[list[str]]) -> None:
    kept = [[cell.translate(NO_XML) for cell in row] for row in table]
    assume(all("".join(row).strip() for row in kept))
    with xlsx_file(table) as file, open_table(file, name="x", row_limit=9) as found:
        assert_same(found, kept)


# What openpyxl leaves out, for XML cannot have it.
NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def assert_same(found: Table, table: list[list[str]]) -> None:
    assert list(found.headings) == table[0]
    rows = list(found.rows)
    # A mark stays before a text that looks like a flaw until its row is read.
    assert [list(map(kept_text, row.cells)) for row in rows] == table[1:]
    assert [row.number for row in rows] == list(range(2, len(table) + 1))


@pytest.mark.parametrize("encoding", list(CODE_PAGES))
def test_a_table_in_a_code_page_can_be_read_so_whatever_its_letters(encoding: str) -> None:
    letters = bytes(range(0xC0, 0x100)).decode(encoding, errors="ignore")[:8]
    content = f"User Name,City\r\na@b,{letters}\r\n".encode(encoding)
    with (
        pytest.raises(Unclear) as unclear,
        open_table(io.BytesIO(content), name="x", answers=Answers(ALL), row_limit=9),
    ):
        pass
    readings = {choice.value: choice.sample for choice in unclear.value.choices}
    assert ((letters,),) in readings.values()
    assert len(set(readings.values())) == len(readings)
