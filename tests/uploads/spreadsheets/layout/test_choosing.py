"""Of several sheets the one with the users is read, and others are offered."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import Answers, Table
from uploads.spreadsheets.layout.choosing import Hidden, Sheet, best_table
from uploads.spreadsheets.layout.splitting import Start
from uploads.spreadsheets.work import Work

README = [["How to fill in"], ["One row each"]]
UNKNOWN = [["Konto", "Naam"], ["a", "b"]]
USERS = [["Email", "Office"], ["a@x.example", "1"]]
FEWER = [["Email", "x"], ["b@x.example", "1"]]
UNASKED = Answers()
Lines = Sequence[Sequence[str]]


def chosen(answers: Answers = UNASKED, **sheets: Lines | Callable[[], Sheet]) -> Table:
    begun = [
        lines if callable(lines) else partial(begin, name, lines) for name, lines in sheets.items()
    ]
    return best_table("xlsx", begun, answers=answers, work=Work(100))


def begin(name: str, lines: Lines) -> Sheet:
    return Sheet(name, Start.of(iter(list(enumerate(lines, start=1)))), Hidden())


def broken() -> Sheet:
    raise FileRefused("It is damaged.", code="file-damaged")


def test_the_sheet_with_most_known_headings_is_read() -> None:
    found = chosen(A=README, B=FEWER, C=USERS)
    assert (found.sheet, found.sheets) == ("C", ("A", "B"))
    assert [row.cells for row in found.rows] == [("a@x.example", "1")]


def test_of_equal_ones_the_first_is_read() -> None:
    assert chosen(A=USERS, B=USERS).sheet == "A"


def test_without_known_headings_a_table_is_more_than_a_text() -> None:
    found = chosen(A=README, B=UNKNOWN)
    assert (found.sheet, found.headings) == ("B", ("Konto", "Naam"))


def test_the_sheet_that_was_asked_for_is_read() -> None:
    for name in ("A", "B", "C"):
        assert chosen(Answers(sheet=name), A=FEWER, B=UNKNOWN, C=USERS).sheet == name
    assert chosen(Answers(sheet="gone"), A=FEWER, C=USERS).sheet == "C"


def test_empty_and_broken_sheets_are_passed_over() -> None:
    found = chosen(A=[], B=broken, C=USERS, D=[["x"]])
    assert (found.sheet, found.sheets) == ("C", ())


def test_nothing_to_read_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(FileRefused, match="The file is empty"):
        chosen(A=[])
    with pytest.raises(FileRefused, match="It is damaged"):
        chosen(A=[], B=broken)


def test_sheets_are_begun_up_to_a_limit() -> None:
    begun = []

    def sheets() -> Iterator[Callable[[], Sheet]]:
        for at in range(1_000):
            begun.append(at)
            yield partial(begin, str(at), USERS)

    best_table("xlsx", sheets(), answers=UNASKED, work=Work(100))
    assert len(begun) < 100
