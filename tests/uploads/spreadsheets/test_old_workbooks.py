"""An .xls workbook of Excel 97 to 2003 is read as a user sees it."""

import contextlib
import io
import math
import struct
import time
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.uploads import biff
from tests.uploads.biff import compound, label, number, old_workbook, stream
from uploads.spreadsheets import Answers, FileRefused, Row, Table, Unclear, open_table
from uploads.spreadsheets.flaws import TWO_VALUES

HEADINGS = ["Email", "Fax"]
ADA = ["ada@contoso.example", "1"]
UNASKED = Answers()


def read(content: bytes, answers: Answers = UNASKED) -> tuple[Table, list[Row]]:
    with open_table(io.BytesIO(content), name="x.xls", answers=answers, row_limit=100) as table:
        return table, list(table.rows)


def text_of(cell: bytes, formats: Sequence[str] = (), more: bytes = b"") -> str:
    """What is read of a cell in the second row and column."""
    cells = biff.lines([HEADINGS, ["ada@contoso.example"]]) + cell
    _table, rows = read(old_workbook(cells, formats=formats, more=more))
    return rows[0].cells[1]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 2138, "02138"),
        (r"00\-000", 950, "00-950"),
        ('"+"0', 491701234567, "+491701234567"),
        ("0000\\ 000\\ 000", 412345678, "0412 345 678"),
        ("yyyy-mm-dd", 46053, "2026-01-31"),
        ("0.00", 0.1 + 0.2, "0.30"),
    ],
)
def test_a_number_is_the_text_that_one_saw(code: str, value: float, shown: str) -> None:
    assert text_of(number(1, 1, value, 1), [code]) == shown


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (number(1, 1, 0.1 + 0.2), "0.3"),
        (number(1, 1, 491701234567), "491701234567"),
        (biff.truth(1, 1, 1), "TRUE"),
        (biff.truth(1, 1, 42, is_error=True), "#N/A"),
        (biff.truth(1, 1, 23, is_error=True), "#REF!"),
        (biff.formula(1, 1, struct.pack("<d", 7)), "7"),
        (biff.formula(1, 1, b"\0" * 6 + b"\xff\xff", "Łukasz"), "Łukasz"),
        (biff.formula(1, 1, b"\3" + b"\0" * 5 + b"\xff\xff"), ""),
        (
            label(1, 1, "👩\u200d👧 \u202bאבי\u202c Zoe\u0308"),
            "👩\u200d👧 \u202bאבי\u202c Zoe\u0308",
        ),
        (label(1, 1, "Bonn\0\0"), "Bonn"),
        (label(1, 1, "B\0nn"), "B\ufffdnn"),
        (biff.formula(1, 1, b"\0" * 6 + b"\xff\xff", "Łu" * 2_500), "Łu" * 2_500),
        (number(1, 1, math.nan), "#NUM!"),
        (number(1, 1, -math.inf), "#NUM!"),
    ],
)
def test_other_cells_are_read_as_they_are_shown(cell: bytes, expected: str) -> None:
    assert text_of(cell) == expected


def test_a_cell_that_is_there_twice_has_neither_of_two_values() -> None:
    one, other, last = label(1, 1, "7"), label(1, 1, "8"), label(1, 2, "9")
    for twice in (one + other, one + last + other, one + other + one, one + number(1, 1, 8)):
        assert text_of(twice) == TWO_VALUES
    # In another row, too, and whatever a format adds to texts.
    assert text_of(label(2, 0, "x") + label(1, 1, "7", 1) + other, ['"Dr. "@']) == TWO_VALUES
    # The same value twice is one, and so is one beside none.
    none = label(1, 1, "")
    for once in (one + one, one + none, none + one, one + number(1, 1, 7)):
        assert text_of(once) == "7"
    # Of the next sheet nothing is known.
    notes = biff.lines([["Notes", "of last year"]]) + one + other
    table, rows = read(old_workbook(notes, biff.lines([HEADINGS, ADA, ADA, ADA])))
    assert (table.sheet, [row.cells for row in rows]) == ("S1", [tuple(ADA)] * 3)


def test_very_many_cells_with_two_values_take_no_more_memory_than_others() -> None:
    def peak(second: float) -> int:
        cells = b"".join(
            number(row, column, value, 0)
            for row in range(1, 2_000)
            for column in range(30)
            for value in (1, second)
        )
        content = old_workbook(biff.lines([HEADINGS]) + cells)
        tracemalloc.start()
        try:
            with open_table(
                io.BytesIO(content), name="x.xls", answers=UNASKED, row_limit=9_000
            ) as table:
                assert sum(1 for _row in table.rows) == 1_999
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(2) < peak(1) * 1.2


def test_a_format_may_add_to_a_text_and_days_may_count_from_1904() -> None:
    assert text_of(label(1, 1, "12", 1), ['"room "@']) == "room 12"
    since_1904 = biff.record(biff.DATEMODE, struct.pack("<H", 1))
    assert text_of(number(1, 1, 1, 1), ["yyyy-mm-dd"], since_1904) == "1904-01-02"


def test_hidden_rows_and_columns_are_skipped_and_can_be_taken() -> None:
    cells = biff.hidden_columns(1, 1) + biff.lines([[*HEADINGS, "City"], [*ADA, "Bonn"]])
    cells += biff.hidden_row(2) + biff.lines([["bea@contoso.example", "2", "Kiel"]], 2)
    content = old_workbook(cells)
    table, rows = read(content)
    assert (table.kind, table.headings) == ("xls", ("Email", "City"))
    assert rows == [Row(2, ("ada@contoso.example", "Bonn"))]
    assert (table.found.hidden_rows, table.found.hidden_columns) == (1, ("Fax",))
    table, rows = read(content, Answers(hidden=True))
    assert [row.cells for row in rows] == [
        ("ada@contoso.example", "1", "Bonn"),
        ("bea@contoso.example", "2", "Kiel"),
    ]
    assert table.found.hidden_rows == 0


def test_the_sheet_with_the_users_is_read_and_a_hidden_one_is_not_offered() -> None:
    about = biff.lines([["How to fill in", "this"], ["One row", "for each"]])
    users, other = biff.lines([HEADINGS, ADA]), biff.lines([HEADINGS, ["bea@contoso.example", "2"]])
    content = compound(stream(about, users, other, visibility=[0, 0, 1]))
    table, rows = read(content)
    assert (table.sheet, table.sheets, rows) == ("S1", ("S0",), [Row(2, tuple(ADA))])
    assert table.described() == "Read from the sheet S1."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (compound(b"", "WordDocument"), "before Excel 97"),
        (compound(old_workbook(biff.lines([HEADINGS, ADA]))), "before Excel 97"),
        (compound(stream(b"", version=0x500), "Book"), "before Excel 97"),
        (old_workbook(more=biff.record(biff.FILEPASS, b"\0" * 6)), "protected with a password"),
        (old_workbook(), "The file is empty"),
        (old_workbook(number(0, 0, 1, 9)), "damaged"),
        (old_workbook(label(0, 0, "x", 9)), "damaged"),
        (old_workbook(label(0, 300, "x")), "damaged"),
        (old_workbook(*[b"".join(label(0, at, "x" * 3_000) for at in range(40))]), "damaged"),
        (old_workbook(formats=["[" * 300]), "damaged"),
    ],
    ids=range(10),
)
def test_what_can_not_be_read_is_refused_with_a_reason(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read(content)


def test_rows_may_stand_at_both_ends_of_a_sheet() -> None:
    far = biff.label(65_535, 0, "bea@contoso.example") + biff.label(65_535, 1, "2")
    _table, rows = read(old_workbook(biff.lines([HEADINGS, ADA]) + far))
    assert rows == [Row(2, tuple(ADA)), Row(65_536, ("bea@contoso.example", "2"))]


def test_a_workbook_that_is_too_large_for_memory_is_refused() -> None:
    with pytest.raises(FileRefused, match="more than can be read"):
        read(compound(stream(biff.lines([HEADINGS, ADA]))) + b"\0" * 2**25)


def test_links_and_empty_cells_of_a_few_bytes_fill_no_memory() -> None:
    everywhere = struct.pack("<HHHH16s4si", 0, 0xFFFF, 0, 0xFFFF, b"", b"", 0)
    far = biff.record(biff.MULBLANK, struct.pack("<HH", 0xFFFF, 0) + b"\0" * 512 + b"\xff\0")
    cells = biff.lines([HEADINGS, ADA]) + biff.record(biff.HLINK, everywhere) + far
    begun = time.thread_time()
    _table, rows = read(old_workbook(cells))
    assert rows == [Row(2, tuple(ADA))]
    assert time.thread_time() - begun < 5


def test_rows_that_reach_far_to_the_right_fill_no_memory() -> None:
    far = [number(row, 255, 1) for row in range(8_000)]
    back = [number(row, 0, 1) for row in range(8_000)]
    for cells in (far, [cell for pair in zip(far, back, strict=True) for cell in pair]):
        with pytest.raises(FileRefused, match="more than can be read"):
            read(old_workbook(biff.lines([HEADINGS, ADA]) + b"".join(cells)))


@pytest.mark.parametrize(
    "each",
    [
        biff.record(biff.XF, bytes(20)),
        biff.record(biff.FORMAT, struct.pack("<HHB", 200, 1, 0) + b"0"),
        biff.record(biff.BOUNDSHEET, struct.pack("<iBBBB", 0, 0, 0, 1, 0) + b"S"),
    ],
    ids=["looks", "formats", "sheets"],
)
def test_what_no_workbook_has_so_many_of_fills_no_memory(each: bytes) -> None:
    with pytest.raises(FileRefused, match="more than can be read"):
        read(old_workbook(biff.lines([HEADINGS, ADA]), more=each * 21_000))


def test_reading_ends_when_its_time_is_over() -> None:
    content = old_workbook(biff.lines([HEADINGS, ADA]) + biff.record(0xFFF) * 2_000)
    with (
        pytest.raises(FileRefused, match="takes more than 0 seconds"),
        open_table(io.BytesIO(content), name="x", row_limit=9, seconds=0),
    ):
        pass


WHOLE = old_workbook(
    biff.hidden_row(2) + biff.lines([HEADINGS, ADA, ADA]) + number(3, 0, 5, 1), formats=["00000"]
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    st.integers(0, len(WHOLE)),
)
def test_whatever_its_bytes_are_it_is_read_or_refused(
    changes: Sequence[tuple[int, int]], end: int
) -> None:
    content = bytearray(WHOLE)
    for at, byte in changes:
        content[at] = byte
    for each in (bytes(content), bytes(content[: max(end, 8)])):
        with contextlib.suppress(FileRefused, Unclear):
            read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + each[8:])
