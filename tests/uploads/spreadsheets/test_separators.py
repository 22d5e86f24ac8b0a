"""What stands between the cells of a text file."""

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets import Unclear
from uploads.spreadsheets.separators import Layout, find_layout, sep_line


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("sep=;\nA;B", ";"),
        ("SEP=,\r\nA", ","),
        ("sep=|", "|"),
        ("sep=\t\nA", "\t"),
        ('"sep=;"\nA', ";"),
        ("  sep=;,,,\nA", ";"),
        ("sep=;\rA", ";"),
        ("User Name,sep=;\n", None),
        ("separator\n", None),
        ("sep=;User Name\n", None),
        ("", None),
    ],
)
def test_a_first_line_may_name_the_separator(head: str, expected: str | None) -> None:
    assert sep_line(head) == expected


@pytest.mark.parametrize("head", ["sep=x\nAxB", "sep=\nA", "sep=:"])
def test_a_separator_that_is_unknown_is_refused(head: str) -> None:
    with pytest.raises(FileRefused, match="comma, semicolon, tab and vertical bar") as caught:
        sep_line(head)
    assert caught.value.code == "file-separator-unknown"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_what_gives_a_table_is_found(separator: str) -> None:
    lines = (["User Name", "First Name"], ["ada@contoso.example", "Ada"])
    head = "\n".join(separator.join(line) for line in lines)
    assert find_layout(head).separator == separator


@pytest.mark.parametrize("head", ["", "\n", "User Name\nada@contoso.example\n"])
def test_one_column_has_the_first_separator(head: str) -> None:
    assert find_layout(head).separator == ","


def test_one_column_has_a_separator_that_its_values_lack() -> None:
    assert find_layout("Display Name\nHopper, Grace\n").separator == ";"


def test_known_headings_decide() -> None:
    assert find_layout("User Name;First Name, Middle Name;Office\n1;2;3\n").separator == ";"


def test_rows_of_one_width_decide() -> None:
    assert find_layout("a,b;c\n1;3\n").separator == ";"
    assert find_layout("a,b;c\n1,3\n").separator == ","


def test_what_stands_above_the_headings_does_not_count() -> None:
    assert find_layout("version:v1.0\nUser Name;Office\nada;Leeds\n").separator == ";"
    assert find_layout("version:v1.0,,\nUser Name,Office,A;B\n1,2,3\n").separator == ","


def test_quoted_separators_are_part_of_a_cell() -> None:
    assert find_layout('User Name,"a;b;c"\nada,"d;e;f"\n').separator == ","


def test_two_that_fit_alike_are_asked_for() -> None:
    head = "a,b;c\n1,2;3\n"
    with pytest.raises(Unclear) as caught:
        find_layout(head)
    assert caught.value.question == "separator"
    assert [(choice.value, choice.sample) for choice in caught.value.choices] == [
        (",", (("a", "b;c"), ("1", "2;3"))),
        (";", (("a,b", "c"), ("1,2", "3"))),
    ]
    assert find_layout(head, ";").separator == ";"
    with pytest.raises(Unclear):
        find_layout(head, "x")


def test_a_cell_without_an_end_is_judged_by_what_came_before() -> None:
    head = "User Name;Office\nada;Leeds\n" + "x" * 200_000
    assert find_layout(head).separator == ";"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('A,B\n"a", "b"\n', True),
        ('A, B\n"a", b\n', False),
        ('A,B\n x ," ""b"""\n', False),
        ('A,B\n"a","b, ""c"""\n', False),
    ],
)
def test_spaces_before_quotation_marks_are_told_from_those_of_values(
    head: str, *, expected: bool
) -> None:
    assert find_layout(head) == Layout(",", spaced=expected)


def test_lines_wholly_in_quotation_marks_are_found_by_known_headings() -> None:
    wrapped = Layout(";", wrapped=True)
    assert find_layout('"User Name;City"\n"ada;Rome"\n') == wrapped
    assert find_layout('"User Name;City"\n"ada;Rome"\n', ",") == wrapped
    assert find_layout('"Konto;Naam"\n"ada;Ada"\n') == Layout(",")
    assert find_layout('"User Name;City"\n"ada;Rome;x"\n') == Layout(",")


def test_titles_and_remarks_do_not_count() -> None:
    head = "#TYPE a,b\nStaff; all of them\nUser Name;City\nada;Leeds\n"
    assert find_layout(head).separator == ";"


def test_a_separator_that_is_named_is_taken() -> None:
    assert find_layout('A;"b"\n', named=",") == Layout(",")


def test_values_that_look_like_headings_do_not_decide() -> None:
    lines = ["User Name;Subscriptions", *["ada;Office, Phone, Mail, Title"] * 2]
    assert find_layout("\n".join(lines)).separator == ";"
    assert find_layout("\n".join(["Staff; all", *lines, "", "Total; 2"])).separator == ";"
