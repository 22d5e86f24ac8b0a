"""What was left out is said in sentences."""

from uploads.spreadsheets.layout.findings import Found, above_note


def test_nothing_found_is_nothing_said() -> None:
    assert Found().notes() == ()


def test_each_finding_is_a_sentence() -> None:
    found = Found(
        hidden_rows=2, hidden_columns=("Salary", "Notes"), after=1, repeated=1, other=1_200
    )
    found.quoted = ["Total: 5"]
    assert found.notes() == (
        "Skipped after the table: 1 row (“Total: 5”)",
        "Skipped 1 row that repeats the headings.",
        "Skipped 1,200 rows of another table below. Upload it as a file of its own.",
        "2 hidden rows were skipped.",
        "Hidden columns were skipped: Salary, Notes",
    )


def test_the_first_notes_are_quoted() -> None:
    found = Found()
    for text in ("a", "b", "c", "d"):
        found.quote(["", text])
    assert found.notes() == ("Skipped after the table: 4 rows (“a”, “b”, “c”, …)",)


def test_rows_above_the_headings_are_quoted() -> None:
    assert above_note([["Staff\nlist", "x"]]) == "Skipped above the headings: 1 row (“Staff list”)"
    long = "x" * 50
    assert above_note([["a"], ["", long]]) == (
        f"Skipped above the headings: 2 rows (“a”, “{'x' * 39}…”)"
    )


def test_a_line_that_speaks_of_passwords_is_not_quoted() -> None:
    found = Found()
    found.quote(["Total: 5"])
    found.quote(["Password for all: Hunter2!"])
    assert found.notes() == ("Skipped after the table: 2 rows (“Total: 5”, “…”)",)
    above = above_note([["Staff", "Kennwort: Hunter2!"]])
    assert above == "Skipped above the headings: 1 row (“…”)"


def test_many_hidden_columns_are_not_all_named() -> None:
    (text,) = Found(hidden_columns=tuple("abcdefghijkl")).notes()
    assert text == "Hidden columns were skipped: a, b, c, d, e, f, g, h, i, …"
