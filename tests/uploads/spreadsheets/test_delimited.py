"""What Excel saves as text is read to the letter, or a person is asked, or it is refused."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from customers.spreadsheet_files import csv_lines
from uploads.spreadsheets import Answers, FileRefused, Row, Table, Unclear, open_table

PEOPLE = "User Name;First name\r\nada@contoso.example;Ada\r\n"
UNASKED = Answers()


@contextmanager
def opened(content: bytes, *, answers: Answers = UNASKED, row_limit: int = 100) -> Iterator[Table]:
    with open_table(
        io.BytesIO(content), name="people.csv", answers=answers, row_limit=row_limit
    ) as table:
        yield table


def rows_of(content: bytes, answers: Answers = UNASKED) -> list[Row]:
    with opened(content, answers=answers) as table:
        return list(table.rows)


def cells_of(content: bytes, answers: Answers = UNASKED) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(content, answers)]


@pytest.mark.parametrize(
    ("separator", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical")]
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separator_encoding_and_line_ends_are_found(
    separator: str, name: str, end: str, encoding: str
) -> None:
    text = PEOPLE.replace("Ada", "Zoë").replace(";", separator).replace("\r\n", end)
    with opened(text.encode(encoding)) as table:
        assert table.headings == ("User Name", "First name")
        assert [row.cells for row in table.rows] == [("ada@contoso.example", "Zoë")]
        assert name in table.described()
        assert table.described().startswith("Read as UTF-")


def test_an_answer_is_taken_for_letters_beyond_ascii() -> None:
    content = PEOPLE.replace("Ada", "Müller").encode("windows-1252")
    user_name = "ada@contoso.example"
    assert cells_of(content) == [(user_name, "Müller")]
    assert cells_of(content, Answers(encoding="windows-1252")) == [(user_name, "Müller")]
    assert cells_of(content, Answers(encoding="windows-1251")) == [(user_name, "Mьller")]


def test_readings_that_cannot_be_told_apart_are_one() -> None:
    """For ß and ü the code pages of Western and Central Europe and of Turkey are the same."""
    content = PEOPLE.replace("Ada", "Rüß").encode("windows-1254")
    with opened(content) as table:
        assert table.encoding == "windows-1252"
    assert cells_of(content, Answers(encoding="windows-1254")) == [("ada@contoso.example", "Rüß")]


def test_the_sample_shows_the_cells_that_tell_from_wherever_they_stand() -> None:
    filler = "b@contoso.example;Bob\r\n" * 100_000
    content = f"{PEOPLE}{filler}c@contoso.example;Kučera\r\nd@contoso.example;Zoë\r\n".encode(
        "cp1250"
    )
    with pytest.raises(Unclear) as unclear, opened(content):
        pass
    assert (("Kučera",), ("Zoë",)) in [choice.sample for choice in unclear.value.choices]


def test_an_answer_that_cannot_be_is_asked_again() -> None:
    content = PEOPLE.replace("Ada", "Zoë").encode("cp1252")
    for answer in ("cp932", "utf-8", "rot13"):
        with pytest.raises(Unclear), opened(content, answers=Answers(encoding=answer)):
            pass


def test_an_answer_for_a_file_that_is_clear_changes_nothing() -> None:
    answers = Answers(encoding="windows-1251")
    assert cells_of(PEOPLE.replace("Ada", "Zoë").encode(), answers)[0][1] == "Zoë"


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;,,,"])
def test_a_line_names_the_separator_and_counts_as_a_row(line: str) -> None:
    content = f"{line}\r\nUser Name,x;City\r\nada;Oslo, Bergen\r\n".encode("utf-8-sig")
    with opened(content) as table:
        assert table.headings == ("User Name,x", "City")
        assert list(table.rows) == [Row(3, ("ada", "Oslo, Bergen"))]


def test_a_line_that_names_an_unknown_separator_is_refused() -> None:
    with pytest.raises(FileRefused, match="a separator other than comma, semicolon, tab"):
        rows_of(b"sep=#\r\nUser Name#City\r\na#b\r\n")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("User Name;Subscriptions\nada;Office, Phone, Mail\nbob;Office, Phone, Mail\n", ";"),
        ("User Name,Subscriptions\nada,Office;Phone\nbob,Office;Phone\n", ","),
        ("Kennung;Abt, Gruppe;Ort\na;b;c\nd;e;f\n", ";"),
        ("Kennung|Ort\na|b\n", "|"),
        ("User Name,First name;x\nada,Ada\n", ","),
        ("User Name\nada@x.example\n", ","),
        ("Display name\nLovelace, Ada\nByron\n", ";"),
    ],
)
def test_the_separator_is_what_gives_a_table(text: str, separator: str) -> None:
    with opened(text.encode()) as table:
        assert table.separator == separator


def test_two_separators_that_both_give_a_table_are_asked_about() -> None:
    content = b"Kennung,Abt;Gruppe\na,b;c\n"
    with pytest.raises(Unclear) as unclear, opened(content):
        pass
    assert unclear.value.question == "separator"
    assert {choice.value: choice.sample for choice in unclear.value.choices} == {
        ",": (("Kennung", "Abt;Gruppe"), ("a", "b;c")),
        ";": (("Kennung,Abt", "Gruppe"), ("a,b", "c")),
    }
    assert cells_of(content, Answers(separator=";")) == [("a,b", "c")]


def test_what_stands_above_the_headings_of_entra_s_template_is_passed_over() -> None:
    with opened(
        b"version:v1.0,,\r\nUser name [userPrincipalName] Required,City\r\na,b\r\n"
    ) as table:
        assert table.headings == ("User name [userPrincipalName] Required", "City")
        assert list(table.rows) == [Row(3, ("a", "b"))]
    assert rows_of(b"version:v1.0\nUser Name;City\na;b\n") == [Row(3, ("a", "b"))]


def test_a_column_of_user_names_alone_is_a_table() -> None:
    with opened(b"Email\r\nada@x.example\r\n\r\nbob@x.example\r\n") as table:
        assert table.described() == "Read as UTF-8, one column."
        assert list(table.rows) == [Row(2, ("ada@x.example",)), Row(4, ("bob@x.example",))]


def test_blank_rows_are_left_out_and_counted_and_a_stray_value_is_told() -> None:
    content = '\n,,\nEmail,City, ,\n,\n"a\nb"\n\xa0,\nc,d,,\ne,,f\ng,h,,i\n'.encode()
    assert rows_of(content) == [
        Row(5, ("a\nb", "")),
        Row(7, ("c", "d")),
        Row(8, ("e", ""), beyond="f"),
        Row(9, ("g", "h"), beyond="i"),
    ]


def test_a_value_under_no_heading_between_others_is_told_too() -> None:
    assert [row.beyond for row in rows_of(b"Email,,City\na,,b\na,x,b\n")] == ["", "x"]


def test_one_apostrophe_goes_where_a_file_of_ours_has_put_it() -> None:
    cells = ["=1+1", "'=1", "''-1", "'kept", "@x", "\tx", "O'Neil", "-", "''"]
    content = "".join(csv_lines([["Email"], *[[cell] for cell in cells]])).encode()
    assert [row[0] for row in cells_of(content)] == cells


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('="0123"', "0123"),
        ('"=""+49 1"""', "+49 1"),
        ('"=""say """"no"""""""', 'say "no"'),
        ('=""', ""),
        ('="a"&"b"', '="a"&"b"'),
        ("=1+1", "=1+1"),
    ],
)
def test_a_text_that_was_written_as_a_formula_is_the_text(written: str, shown: str) -> None:
    assert cells_of(f"Email,Phone\na@b,{written}\n".encode()) == [("a@b", shown)]


def test_letters_of_seven_bits_are_read_and_never_taken_for_ascii() -> None:
    text = "Email,Display name\r\nada@contoso.example,山田 太郎\r\n"
    with opened(text.encode("iso2022_jp")) as table:
        assert [row.cells for row in table.rows] == [("ada@contoso.example", "山田 太郎")]
        assert table.described() == "Read as ISO-2022-JP, separated by commas."
    korean = text.replace("山田 太郎", "김민준").encode("iso2022_kr")
    # A letter of NEC's, which the standard has not.
    for content in (korean, b"Email,City\na@b,\x1b$B|b\x1b(B\n"):
        with pytest.raises(FileRefused, match="encoding wasn't recognized"):
            rows_of(content)
    assert cells_of(b"Email,City\na@b,Bo\x1bnn\n") == [("a@b", "Bo\x1bnn")]


def test_a_file_that_was_added_to_another_one_brings_its_headings_and_no_mark() -> None:
    one = "\ufeffEmail,City\nada@contoso.example,Bonn\n"
    with opened(
        (one + one.replace("ada", "bea") + "\ufeffcy@contoso.example,\n").encode()
    ) as table:
        assert [row[0] for row in (each.cells for each in table.rows)] == [
            "ada@contoso.example",
            "bea@contoso.example",
            "cy@contoso.example",
        ]
        assert table.found.repeated == 1


def test_text_stays_as_it_is() -> None:
    cells = [" a ", "\xa0b\xa0", "0049", 'say "no"', "two\r\nlines", "a\u200bb", "e\u0301"]
    content = "".join(csv_lines([["Email"], *[[cell] for cell in cells]])).encode()
    assert [row[0] for row in cells_of(content)] == cells


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"\r\n ,, \r\n", "The file is empty"),
        (b"Email\r\n", "headings and no row below"),
        (b"Email\r\na\0b\r\n", "NUL bytes"),
        ("Email\r\na\0b\r\n".encode("utf-16"), "NUL bytes"),
        (b"\xef\xbb\xbfEmail\r\n\xfc\r\n", "says that it is Unicode, and further down"),
        (b"\xff\xfeE\0\n\0m", "says that it is Unicode, and further down"),
        (b"%PDF-1.7 ...", "“people.csv” is a PDF document"),
        (b"\x89PNG\r\n", "is a picture"),
        (b"<!DOCTYPE html><table>", "is a web page"),
        (b"\xef\xbb\xbf\n <html>", "is a web page"),
        (b"{\\rtf1", "is a text document"),
        (b'Email\n"' + b"x" * 200_000, "Row 2 is too long: perhaps"),
        (b"Email\n" + b"x" * 1_100_000, "Row 2 is too long: perhaps"),
        (b"Email\n" + b'"\n",' * 300_000, "Row 2 is too long: perhaps"),
        (b'Email,City\n"Bob" Smith,x\n', "In row 2 there is text after the quotation mark"),
        (b"x," * 1_001 + b"x\n1\n", "more than 1,000 columns"),
    ],
    ids=range(18),
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        rows_of(content)


def test_more_rows_than_allowed_are_refused_while_reading() -> None:
    content = b"Email\n" + b"a\n\n" * 3
    with opened(content, row_limit=3) as table:
        assert len(list(table.rows)) == 3
    with opened(content, row_limit=2) as table, pytest.raises(FileRefused, match="than 2 rows"):
        list(table.rows)


def test_the_file_stays_open_for_another_reading() -> None:
    file = io.BytesIO(PEOPLE.encode())
    for _time in range(2):
        with open_table(file, name="x", row_limit=9) as table:
            assert len(list(table.rows)) == 1


def test_an_unclosed_quote_is_refused_with_the_row_where_it_began() -> None:
    content = b'User Name,First name\r\na@b,"two\r\nlines"\r\nb@b,"Bob\r\nc@b,Cid\r\n'
    with pytest.raises(FileRefused, match="In row 3 a quotation mark"):
        rows_of(content)
