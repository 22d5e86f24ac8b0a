"""Below the headings: users, and what is none of them."""

from collections.abc import Sequence

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import Row
from uploads.spreadsheets.layout.bodies import Body
from uploads.spreadsheets.layout.findings import Found

HEADINGS = ("Name", "Email", "Office")
ANNA, BEN = ["Anna", "anna@x.example", "1"], ["Ben", "ben@x.example", "2"]


def walked(
    *lines: Sequence[str],
    headings: tuple[str, ...] = HEADINGS,
    row_limit: int = 100,
) -> tuple[list[Row], Found]:
    """The rows of these lines, of which those without a cell are blank."""
    found = Found()
    records = ((number, line) for number, line in enumerate(lines, start=2) if line)
    return list(Body(headings, found, row_limit).rows(records, 1)), found


def names(rows: list[Row]) -> list[str]:
    return [row.cells[0] for row in rows]


def test_a_short_row_is_filled_up_and_a_value_without_a_heading_noted() -> None:
    rows, _found = walked(["Anna", "anna@x.example"], [*BEN, "", "stray"])
    assert rows == [
        Row(2, ("Anna", "anna@x.example", "")),
        Row(3, ("Ben", "ben@x.example", "2"), beyond="stray"),
    ]
    rows, _found = walked(["a@x", "b"], headings=("Email", "", "Office"))
    assert [row.beyond for row in rows] == ["b"]


@pytest.mark.parametrize(
    "notes",
    [
        [[], ["Total: 5"]],
        [["Total: 5"]],
        [[], ["Exported on 29 November"], ["by HR"]],
        [[], ["", "", "Confidential"]],
        [[], ["Total", "", "5"]],
        [["Summe", "5"]],
        [["# made by a script"]],
        [[], ["Note"], [], ["Another"]],
    ],
)
def test_notes_after_the_table_are_skipped_and_counted(notes: list[list[str]]) -> None:
    rows, found = walked(ANNA, BEN, *notes)
    assert names(rows) == ["Anna", "Ben"]
    assert found.after == len([note for note in notes if note])


@pytest.mark.parametrize(
    "line",
    [
        ["Cid", "cid"],
        ["Cid", "", "3"],
        ["", "cid@x.example"],
        ["cid@x.example"],
        ["Sums", "5"],
        ["#N/A"],
    ],
)
def test_what_may_be_a_user_is_none_of_them(line: list[str]) -> None:
    rows, found = walked(ANNA, line)
    assert (len(rows), found.after) == (2, 0)
    if line[0] != "#N/A":
        rows, found = walked(ANNA, [], line)
        assert (len(rows), found.after) == (2, 0)


def test_a_note_within_the_table_is_a_row_that_is_told() -> None:
    rows, found = walked(ANNA, [], ["Sales"], BEN)
    assert [(row.number, row.cells[0]) for row in rows] == [(2, "Anna"), (4, "Sales"), (5, "Ben")]
    assert found.after == 0


def test_below_the_headings_comes_no_note() -> None:
    rows, found = walked([], ["Total: 5"], ANNA)
    assert (names(rows), found.after) == (["Total: 5", "Anna"], 0)


def test_many_notes_are_rows() -> None:
    rows, found = walked(ANNA, [], *[["x"]] * 30)
    assert (len(rows), found.after) == (31, 0)


def test_repeated_headings_are_skipped_with_the_title_above_them() -> None:
    page = [[], ["Staff list"], [" Name", "Email ", "Office", ""]]
    rows, found = walked(ANNA, *page, BEN, *page)
    assert (names(rows), found.repeated, found.after) == (["Anna", "Ben"], 2, 2)


def test_another_table_below_is_skipped() -> None:
    rows, found = walked(ANNA, [], ["Product", "Seats", "Country"], ["x", "5", "DE"], BEN)
    assert (names(rows), found.other) == (["Anna"], 3)


@pytest.mark.parametrize(
    "above",
    [
        [[], ["Email", "Password"]],
        [[], ["Email", "Initial password", "Remark"]],
        [[], ["Konto", "Kennwort"]],
        [[], ["Title of it"], ["Konto", "Kennwort"]],
        [["Email", "Password"]],
        [[], ["Initial password:", "Hunter1!"]],
    ],
)
def test_passwords_in_another_table_below_are_never_read(above: list[list[str]]) -> None:
    rows, found = walked(ANNA, *above, ["ben@x.example", "Hunter2!"], ["cid@x.example", "Hunter3!"])
    assert names(rows) == ["Anna"]
    assert found.other == 3
    assert not any("Hunter" in quoted for quoted in found.quoted)


def test_a_user_below_a_gap_begins_no_other_table() -> None:
    for line in (["Title", "ben@x.example", "Office"], ["Office", "ben", "3"]):
        rows, found = walked(ANNA, [], line)
        assert (len(rows), found.other) == (2, 0)
    rows, found = walked(ANNA, ["Title", "ben", "Office"])
    assert (len(rows), found.other) == (2, 0)


def test_in_a_single_column_a_note_is_known_by_its_words() -> None:
    lines = [["anna@x.example"], [], ["ben"], [], ["This is all"]]
    rows, found = walked(*lines, headings=("Email",))
    assert (names(rows), found.after) == (["anna@x.example", "ben"], 1)


def test_where_no_user_name_is_known_rows_are_looked_at_too() -> None:
    rows, found = walked(["a", "b"], ["Konto", "Naam"], ["c", "d"], headings=("Konto", "Naam"))
    assert (names(rows), found.repeated) == (["a", "c"], 1)


def test_a_table_ends_at_its_limit() -> None:
    assert len(walked(ANNA, BEN, row_limit=2)[0]) == 2
    with pytest.raises(FileRefused, match=r"more than 1 row\.") as refused:
        walked(ANNA, BEN, row_limit=1)
    assert refused.value.code == "file-too-many-rows"
