"""A file of names to select by: which of its columns, and what it leaves open."""

import io

import pytest
from openpyxl import Workbook

from tests.uploads.spreadsheets.workbooks import saved
from uploads.errors import FileRefused
from uploads.name_files import NAME_LIMIT, ReadNames, other_readings, read_again, read_names

NAMES = ["ann@x.example", "bo@x.example"]


def read(content: bytes, name: str = "names.csv") -> list[str]:
    return list(read_names(io.BytesIO(content), name).names)


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


class Timed(io.BytesIO):
    """A file whose reading takes `seconds`: one for each time over."""

    seconds = 0.0

    def read(self, size: int | None = -1) -> bytes:
        return self._told(super().read(size))

    def read1(self, size: int | None = -1) -> bytes:
        return self._told(super().read1(size))

    def _told(self, chunk: bytes) -> bytes:
        self.seconds += len(chunk) / len(self.getvalue())
        return chunk


def test_the_time_for_a_file_is_for_all_its_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without headings it is read once more.
    content = "\n".join(f"u{number}@x.example" for number in range(3_000)).encode()
    whole, once = Timed(content), Timed(content)
    monkeypatch.setattr("time.thread_time", lambda: whole.seconds)
    assert len(read_names(whole, "names.csv").names) == 3_000
    monkeypatch.setattr("time.thread_time", lambda: once.seconds)
    monkeypatch.setattr("uploads.name_files._SECONDS", 0.8 * whole.seconds)
    with pytest.raises(FileRefused, match="Reading the file takes more than"):
        read_names(once, "names.csv")


def test_a_workbook_is_read_and_what_it_hides_is_said() -> None:
    book = Workbook()
    for line in (["User Name"], *([name] for name in NAMES)):
        book.active.append(line)
    book.active.row_dimensions[3].hidden = True
    read = read_names(io.BytesIO(saved(book)), "names.xlsx")
    assert read == ReadNames(NAMES[:1], ["1 hidden row was skipped."])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(content)


def test_more_names_than_are_taken_are_refused() -> None:
    lines = ["User Name", *(f"u{number}@x.example" for number in range(NAME_LIMIT + 1))]
    assert len(read("\n".join(lines[:-1]).encode())) == NAME_LIMIT
    with pytest.raises(FileRefused):
        read("\n".join(lines).encode())


def test_names_beyond_plain_letters_say_by_what_they_were_read() -> None:
    content = f"User Name\nmüller@x.example\n{NAMES[0]}\n".encode("cp1252")
    read = read_names(io.BytesIO(content), "names.csv", "DE")
    assert (read.names, read.encoding) == (["müller@x.example", NAMES[0]], "windows-1252")
    assert read.notes == ["Read as Western European (Windows-1252), one column."]
    assert list(read.choices) == []


def test_where_several_readings_are_likely_they_are_offered() -> None:
    content = "User Name\nsøren@x.example\n".encode("cp1252")
    read = read_names(io.BytesIO(content), "names.csv", "PL")
    values = [choice.value for choice in read.choices]
    assert read.encoding == values[0]
    assert {"windows-1252", "windows-1250"} <= {*values}


def test_names_are_read_again_by_another_encoding_and_typed_ones_stay() -> None:
    assert read_again("sřren@x.example", "windows-1250", "windows-1252") == "søren@x.example"
    assert read_again("佐藤@x.example", "windows-1250", "windows-1252") == "佐藤@x.example"


def test_all_readings_of_names_are_offered() -> None:
    values = [choice.value for choice in other_readings("søren@x.example", "windows-1252", "DK")]
    assert values[0] == "windows-1252"
    assert {"windows-1250", "windows-1251"} <= {*values}
    assert other_readings("佐藤@x.example", "windows-1252", "DK") == ()
    assert other_readings("ann@x.example", "windows-1252", "DK") == ()
