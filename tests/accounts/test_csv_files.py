"""What Excel saves as text is read to the letter, or a person is asked, or it is refused."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from accounts.spreadsheets import Answers, FileRefused, Row, Table, Unclear, open_table

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


def test_letters_beyond_ascii_without_a_mark_are_asked_about() -> None:
    content = PEOPLE.replace("Ada", "Zoë").encode("windows-1252")
    with pytest.raises(Unclear) as unclear, opened(content):
        pass
    assert unclear.value.question == "encoding"
    samples = {choice.value: choice.sample for choice in unclear.value.choices}
    assert next(iter(samples.items())) == ("windows-1252", (("Zoë",),))
    assert samples["windows-1251"] == (("Zoл",),)
    assert cells_of(content, Answers(encoding="windows-1252")) == [("ada@contoso.example", "Zoë")]
    assert cells_of(content, Answers(encoding="windows-1251")) == [("ada@contoso.example", "Zoл")]


def test_an_unclosed_quote_is_refused_with_the_row_where_it_began() -> None:
    content = b'User Name,First name\r\na@b,"two\r\nlines"\r\nb@b,"Bob\r\nc@b,Cid\r\n'
    with pytest.raises(FileRefused, match="In row 3 a quotation mark"):
        rows_of(content)
