"""What is kept of a row while it is judged."""

from uploads.models import RowOutcome
from uploads.services.entries import Change, Problem, ReadRow, Verdict


def test_a_problem_is_stored_with_its_suggestion() -> None:
    assert Problem("country", "There is no Atlantis.", "Austria").as_json() == {
        "column": "country",
        "text": "There is no Atlantis.",
        "suggestion": "Austria",
        "cause": "",
    }
    assert Problem("", "A value stands too far right.").as_json()["suggestion"] == ""


def test_problems_and_notices_are_kept_apart_and_in_order() -> None:
    row = ReadRow(2)
    row.wrong("user_name", "No domain.", "ada@contoso.example")
    row.note("office", "Something invisible was left out.")
    row.wrong("country", "Unknown.")
    assert [problem.column for problem in row.problems] == ["user_name", "country"]
    assert row.notices == [Problem("office", "Something invisible was left out.")]


def test_warnings_of_columns_that_are_not_used_are_taken_back() -> None:
    row = ReadRow(2)
    row.note("office", "Something invisible was left out.")
    row.note("office", "Garbled.", "Über", cause="garbled")
    row.note("city", "A letter was lost.", cause="letter-lost")
    assert row.warnings == {"garbled", "letter-lost"}
    row.warn_only("city".__eq__)
    assert [each.column for each in row.notices] == ["office", "city"]
    assert row.warnings == {"letter-lost"}


def test_a_row_knows_in_which_columns_it_is_wrong() -> None:
    row = ReadRow(2)
    row.note("office", "Something invisible was left out.")
    assert not row.is_wrong("office")
    row.wrong("office", "Too long.")
    assert row.is_wrong("office")
    assert not row.is_wrong("country")


def test_a_display_name_is_the_rows_or_made_of_first_and_last_name() -> None:
    row = ReadRow(2)
    assert row.display_name == ""
    row.values = {"first_name": "Ada", "last_name": "L" * 300}
    assert row.display_name == "Ada " + "L" * 252
    row.values["display_name"] = "Countess"
    assert row.display_name == "Countess"


def test_a_row_that_says_nothing_is_told_from_one_that_says_none() -> None:
    row = ReadRow(2)
    assert (row.roles, row.licenses, row.values) == (None, None, {})
    row.values["office"] = "Leeds"
    assert ReadRow(3).values == {}


def test_a_verdict_asks_for_nothing_by_itself() -> None:
    verdict = Verdict(ReadRow(2), RowOutcome.LEAVE)
    assert (verdict.seats, verdict.user_id, verdict.new, verdict.change) == ({}, None, None, None)
    assert Change(1) == Change(1, {}, None, {}, None)
