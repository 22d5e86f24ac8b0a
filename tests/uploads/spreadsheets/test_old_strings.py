"""The texts of an .xls workbook are read through all records that they are in."""

import io
import struct
from collections.abc import Sequence

import pytest

from tests.uploads import biff
from tests.uploads.biff import old_workbook
from uploads.spreadsheets import FileRefused, open_table
from uploads.spreadsheets.old_strings import strings_of
from uploads.spreadsheets.work import Work

NARROW, WIDE, SOUNDS, RUNS = 0, 1, 4, 8
FAR = 2**30


def text(letters: str, options: int = WIDE, *, runs: int = 0, sounds: int = 0) -> bytes:
    told = struct.pack("<HB", len(letters.encode("utf-16-le")) // 2, options)
    told += struct.pack("<H", runs) if options & RUNS else b""
    told += struct.pack("<i", sounds) if options & SOUNDS else b""
    told += letters.encode("utf-16-le" if options & WIDE else "latin-1")
    return told + bytes(runs * 4 + max(sounds, 0) % FAR)


def table(*texts: bytes, count: int | None = None) -> bytes:
    return struct.pack("<II", 0, len(texts) if count is None else count) + b"".join(texts)


def strings(*records: bytes) -> Sequence[str]:
    return strings_of(records, Work(row_limit=9))


def test_texts_are_read_with_what_stands_beside_them() -> None:
    rich = text("Łukasz", WIDE | RUNS | SOUNDS, runs=3, sounds=7)
    assert strings(table(text("Ada", NARROW), rich, text(""), text("Zoë", NARROW))) == [
        "Ada",
        "Łukasz",
        "",
        "Zoë",
    ]


def test_a_text_goes_on_in_the_next_record_wide_or_narrow() -> None:
    whole = table(text("Ada Łukasz", WIDE | RUNS, runs=2), text("Bea"))
    head = 8 + 3 + 2
    assert strings(whole[: head + 8], b"\1" + whole[head + 8 :]) == ["Ada Łukasz", "Bea"]
    narrow = table(struct.pack("<HB", 6, NARROW) + b"Zo\xeb")
    assert strings(narrow, b"\1" + " Łu".encode("utf-16-le")) == ["Zoë Łu"]
    # What is beside a text goes on without a word of how wide it is.
    assert strings(whole[:-14], whole[-14:]) == ["Ada Łukasz", "Bea"]


def test_an_emoji_may_stand_half_in_the_next_record() -> None:
    whole = table(text("ab😀c"))
    at = 8 + 3 + 6
    assert strings(whole[:at], b"\1" + whole[at:]) == ["ab😀c"]


@pytest.mark.parametrize(
    "forged",
    [
        table(text("a", NARROW | SOUNDS, sounds=-8), count=1_000_000),
        table(text("a", NARROW | SOUNDS, sounds=FAR), text("b")),
        table(text("Ada"), count=2),
        table(text("Ada")[:-1]),
        table(struct.pack("<HB", 1, WIDE) + b"\x3d\xd8"),
    ],
    ids=["back to the same text", "far beyond", "fewer", "cut off", "half an emoji"],
)
def test_what_does_not_hold_together_is_refused(forged: bytes) -> None:
    with pytest.raises((FileRefused, UnicodeDecodeError)):
        strings(forged)


def test_a_few_bytes_that_lead_back_to_themselves_fill_no_memory() -> None:
    looped = biff.record(biff.SST, table(text("a", NARROW | SOUNDS, sounds=-8), count=2**31 - 1))
    refused = old_workbook(biff.lines([["Email"], ["ada@contoso.example"]]), more=looped)
    with (
        pytest.raises(FileRefused),
        open_table(io.BytesIO(refused), name="x.xls", row_limit=9),
    ):
        pass


def test_a_workbook_reads_them_by_their_number() -> None:
    more = biff.record(biff.SST, table(text("Email"), text("ada@contoso.example")))
    cells = biff.shared(0, 0, 0) + biff.shared(1, 0, 1)
    content = io.BytesIO(old_workbook(cells, more=more))
    with open_table(content, name="x.xls", row_limit=9) as read:
        assert read.headings == ("Email",)
        assert [row.cells for row in read.rows] == [("ada@contoso.example",)]
