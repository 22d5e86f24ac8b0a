"""Headings and rows of whatever was read."""

from collections.abc import Collection, Sequence

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import COLUMN_LIMIT, Answers, Row, Unclear
from uploads.spreadsheets.flaws import NO_RESULT, TWO_VALUES
from uploads.spreadsheets.layout.findings import Found
from uploads.spreadsheets.layout.splitting import Split, Start, split, split_headings

UNASKED = Answers()
USER = ["Anna", "anna@x.example"]


def divided(
    *lines: Sequence[str],
    answers: Answers = UNASKED,
    hidden: Collection[int] = (),
    found: Found | None = None,
) -> Split:
    records = ((number, line) for number, line in enumerate(lines, start=1) if line)
    start = Start.of(records)
    return split(start, row_limit=10, answers=answers, found=found or Found(), hidden=hidden)


def refusal(*lines: Sequence[str]) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        divided(*lines)
    return caught.value


def test_the_first_line_has_the_headings() -> None:
    found = split_headings(iter([(1, ["User Name", "Office"]), (2, ["ada", "Leeds"])]), row_limit=9)
    assert found.headings == ("User Name", "Office")
    assert (list(found.rows), found.notes) == ([Row(2, ("ada", "Leeds"))], [])


def test_headings_end_at_the_last_one_with_a_text() -> None:
    found = divided(["A", "", "C", " ", ""], ["1", "", "3", "", ""])
    assert found.headings == ("A", "", "C")
    assert [row.beyond for row in found.rows] == [""]


def test_a_heading_with_two_values_or_none_is_told_by_its_place() -> None:
    found = divided(["Email", TWO_VALUES, NO_RESULT], ["ada@x.example", "1", "2"])
    assert found.headings == ("Email", "Column 2", "Column 3")
    assert list(found.rows) == [Row(2, ("ada@x.example", "1", "2"))]


def test_what_stands_above_them_is_said() -> None:
    found = divided(["Staff"], [], ["November"], ["Name", "Email"], USER)
    assert found.notes == ["Skipped above the headings: 2 rows (“Staff”, “November”)"]
    assert list(found.rows) == [Row(5, tuple(USER))]


def test_a_second_row_of_headings_is_skipped_and_said() -> None:
    found = divided(["First name", "Email"], ["Vorname", "E-Mail-Adresse"], USER)
    assert found.notes == ["The second row of headings was skipped."]
    assert list(found.rows) == [Row(3, tuple(USER))]


def test_a_file_that_begins_with_a_user_is_asked_about() -> None:
    with pytest.raises(Unclear) as unclear:
        divided(["List"], USER, USER)
    assert unclear.value.question == "headings"
    assert {choice.value: choice.sample for choice in unclear.value.choices} == {
        "no": (tuple(USER), tuple(USER)),
        "yes": (tuple(USER), tuple(USER)),
    }
    assert str(unclear.value.choices[0].label) == "No, the first row is a user"


def test_an_address_is_no_heading_of_the_only_column() -> None:
    found = divided(["anna@x.example"], ["ben@x.example"])
    assert [row.number for row in found.rows] == [1, 2]
    assert found.notes == ["No headings: the first row is a user."]


@pytest.mark.parametrize("mark", ["\ufeff", "ï»¿", "ď»ż", "п»ї"])
def test_a_mark_of_utf_8_that_was_kept_is_no_part_of_a_heading(mark: str) -> None:
    assert divided([f"{mark}User Name", "Office"], USER).headings == ("User Name", "Office")


def test_the_answer_is_that_the_first_row_is_a_user() -> None:
    found = divided(["List"], USER, [*USER, "x"], answers=Answers(headings="no"))
    assert found.headings == ("Column 1", "Column 2", "Column 3")
    assert list(found.rows) == [Row(2, (*USER, "")), Row(3, (*USER, "x"))]
    assert found.notes == [
        "Skipped above the headings: 1 row (“List”)",
        "No headings: the first row is a user.",
    ]


def test_the_answer_is_that_the_first_row_has_headings() -> None:
    found = divided(USER, ["Ben", "ben@x.example"], answers=Answers(headings="yes"))
    assert found.headings == tuple(USER)
    assert [row.number for row in found.rows] == [2]


def test_an_answer_changes_nothing_where_headings_are_known() -> None:
    for answer in ("yes", "no"):
        found = divided(["Name", "Email"], USER, answers=Answers(headings=answer))
        assert found.headings == ("Name", "Email")


def test_hidden_columns_are_left_out_and_named() -> None:
    told = Found()
    lines = [["First name", "Salary", "Email", "Notes"], ["Anna", "9", "anna@x.example", "n", "b"]]
    found = divided(*lines, hidden={1, 3, 4, 900}, found=told)
    assert found.headings == ("First name", "Email")
    assert list(found.rows) == [Row(2, ("Anna", "anna@x.example"))]
    assert told.hidden_columns == ("Salary", "Notes")


def test_a_row_with_values_in_hidden_columns_alone_is_blank() -> None:
    found = divided(["Email", "Salary"], ["anna@x.example", "9"], ["", "9"], hidden={1})
    assert [row.number for row in found.rows] == [2]


def test_the_only_column_with_user_names_is_read_though_it_is_hidden() -> None:
    told = Found()
    found = divided(
        ["Name", "Email", "Pay"], ["Anna", "a@x.example", "9"], hidden={1, 2}, found=told
    )
    assert (found.headings, told.hidden_columns) == (("Name", "Email"), ("Pay",))


def test_a_file_without_a_row_is_refused() -> None:
    assert refusal().code == "file-empty"
    assert refusal(["version:v1.0"]).code == "file-empty"
    assert "no row below them" in str(refusal(["User Name"]))


def test_a_file_that_is_too_wide_is_refused() -> None:
    assert len(divided(["A"] * COLUMN_LIMIT, ["1"]).headings) == COLUMN_LIMIT
    found = refusal(["A"] * (COLUMN_LIMIT + 1), ["1"])
    assert (found.code, "1,000 columns" in str(found)) == ("file-too-wide", True)


def test_a_sheet_is_a_table_where_it_has_known_headings_or_columns() -> None:
    assert Start.of(iter([(1, ["Email"]), (2, ["a"])])).is_table
    assert Start.of(iter([(1, ["Konto", "x"]), (2, ["a", "b"])])).is_table
    assert not Start.of(iter([(1, ["How to"]), (2, ["fill in"])])).is_table
