"""The row with the headings is found by what is known."""

import pytest

from uploads.spreadsheets.layout.heading_rows import (
    LOOKED_AT,
    Head,
    filled,
    find_head,
    has_address,
    is_preamble,
    is_remark,
    is_second_heading,
    known_columns,
)

HEADINGS = ["First name", "Last name", "Email"]
USER = ["Anna", "Berg", "anna@contoso.example"]


def test_the_row_with_most_known_headings_has_them() -> None:
    title, group = ["Staff list"], ["Name", "", "Office"]
    assert find_head([HEADINGS, USER]) == Head(0, 3, is_user=False)
    assert find_head([title, HEADINGS, USER]) == Head(1, 3, is_user=False)
    assert find_head([title, group, HEADINGS, USER]) == Head(2, 3, is_user=False)
    assert find_head([HEADINGS, ["Vorname", "Nachname", "E-Mail-Adresse"]]) == Head(
        0, 3, is_user=False
    )


def test_below_a_user_nothing_is_a_heading() -> None:
    found = find_head([USER, HEADINGS])
    assert found == Head(0, 0, is_user=True)


def test_an_address_alone_may_stand_in_a_title() -> None:
    contact = ["hr@contoso.example"]
    assert find_head([contact, HEADINGS, USER]) == Head(1, 3, is_user=False)
    # A list of addresses, in which one row happens to be a word that is known.
    assert find_head([contact, ["Office"], contact]) == Head(0, 0, is_user=True)


def test_only_the_first_rows_are_looked_at() -> None:
    titles = [["Title line"]] * (LOOKED_AT - 1)
    assert find_head([*titles, HEADINGS]) == Head(LOOKED_AT - 1, 3, is_user=False)
    assert find_head([["x"], *titles, HEADINGS]) == Head(0, 0, is_user=False)


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["Konto", "Naam", "Tel1"], ["a", "b", "c"]], 0),
        ([["List"], ["Konto", "Naam", "Tel1"], ["a", "b", "c"]], 1),
        ([["Naam"], ["Hopper, Grace"]], 0),
        ([["Naam"], ["Hopper", "Grace"]], 0),
        ([["#TYPE x"], ["Konto", "Naam"]], 1),
        ([["version:v1.0"], ["Konto"], ["a"]], 1),
        ([["#"], ["1"]], 0),
        ([["#"]], 0),
    ],
)
def test_where_none_is_known_the_first_row_that_is_no_title_has_them(
    rows: list[list[str]], at: int
) -> None:
    assert find_head(rows) == Head(at, 0, is_user=False)


def test_no_row_is_no_heading() -> None:
    assert find_head([]) is None
    assert find_head([["version:v1.0", ""]]) is None


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["#TYPE System.String"], True),
        (["", "// made by a script"], True),
        (["sep=;"], True),
        (["version:v1.0", ""], True),
        (["#", "Email"], False),
        (["#N/A"], False),
        (["Anna"], False),
    ],
)
def test_a_remark_is_none_of_the_table(cells: list[str], *, expected: bool) -> None:
    assert is_remark(cells) is expected


@pytest.mark.parametrize("line", [["version:v1.0"], ["version:v1.0", "", ""], [" version:v2 "]])
def test_entras_template_has_a_version_above_its_headings(line: list[str]) -> None:
    assert is_preamble(line)


@pytest.mark.parametrize("line", [["version"], ["version:v1.0", "User Name"], ["version:x"], []])
def test_other_lines_are_none_of_it(line: list[str]) -> None:
    assert not is_preamble(line)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Vorname", "Nachname", "E-Mail-Adresse"], True),
        (["givenName", "x", "mail"], True),
        (["Required", "Required", "Required"], True),
        (["text", "text", "The address to sign in with"], True),
        (["Vorname", "x", "y"], False),
        (["Anna", "Berg", "anna"], False),
        (["Office", "Title", "anna"], False),
        (["Vorname", "Nachname", "anna@contoso.example"], False),
        (["Anna", "Berg", ""], False),
    ],
)
def test_a_second_row_of_headings_translates_or_describes(
    cells: list[str], *, expected: bool
) -> None:
    assert is_second_heading(HEADINGS, cells) is expected


def test_one_known_heading_is_translated_alone() -> None:
    assert is_second_heading(["Email", "Konto"], ["E-Mail-Adresse", "x"])
    assert not is_second_heading(["Konto", "Naam"], ["E-Mail-Adresse", "x"])


def test_columns_and_cells_are_counted() -> None:
    assert known_columns(["Email", "Mail", "Office", "x"]) == {"user_name", "office"}
    assert filled(["a", " ", "", "b"]) == 2
    assert has_address(["x", " anna@contoso.example "])
    assert not has_address(["Ask hr@contoso.example", "@", "a@"])
