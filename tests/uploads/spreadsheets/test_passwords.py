"""Samples of a file show no password."""

import io
import time

import pytest

from uploads.spreadsheets import CODE_PAGES, FileRefused, passwords_of, without_passwords
from uploads.spreadsheets.tables import Choice


def shown(*cells: str) -> list[Choice]:
    return [Choice("windows-1252", "", (cells,))]


def test_what_stands_below_a_heading_of_passwords_is_not_shown() -> None:
    sample = (("Email", "Password"), ("a@b", "Geheim"), ("c@d", "Geheim", "e"))
    assert without_passwords(Choice(",", "", sample), set()) == [
        ["Email", "Password"],
        ["a@b", "…"],
        ["c@d", "…", "e"],
    ]
    assert without_passwords(Choice(",", "", ()), set()) == []


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_passwords_are_known_by_their_bytes_in_each_reading(separator: str) -> None:
    lines = (["Staff"], ["Name", "Kennwort"], ["Jörg", "Gehéim"], ["Ann", "plain"], ["Zoë"])
    file = io.BytesIO("\n".join(map(separator.join, lines)).encode("cp1252"))
    secret = passwords_of(file, shown("Jörg", "Gehéim"))
    assert secret == {"Gehéim"}
    for encoding in ("windows-1252", "windows-1251", "cp852"):
        read = "Gehéim".encode("cp1252").decode(encoding)
        name = "Jörg".encode("cp1252").decode(encoding)
        sample = ((name, read),)
        assert without_passwords(Choice(encoding, "", sample), secret) == [[name, "…"]]
    assert not file.closed


@pytest.mark.parametrize(
    "content",
    [b"", b"Name,City\nJ\xf6rg,K\xf6ln\n", b'Password\n"' + b"\xf6" * 200_000, b"a\n" * 30],
)
def test_a_file_without_passwords_or_with_broken_ones_gives_none(content: bytes) -> None:
    assert passwords_of(io.BytesIO(content), shown("Jörg", "Köln")) == set()


def test_passwords_above_a_cell_that_breaks_the_table_are_known_all_the_same() -> None:
    content = "Name;Password\nAnn;Gehéim\n".encode("cp1252") + b'Bob;"' + b"\xf6" * 200_000
    assert passwords_of(io.BytesIO(content), shown("Gehéim")) == {"Gehéim"}


@pytest.mark.parametrize(
    ("heading", "encoding"),
    [("Hasło", "windows-1250"), ("Пароль", "koi8-r"), ("パスワード", "cp932")],
)
def test_headings_of_passwords_are_known_in_each_encoding(heading: str, encoding: str) -> None:
    content = f"Imię;{heading}\nJan;Geheim-1\n".encode(encoding, "replace")
    choices = [Choice(name, "", (("Geheim-1",),)) for name in ("windows-1252", encoding)]
    assert passwords_of(io.BytesIO(content), choices) == {"Geheim-1"}


def test_headings_are_looked_at_once_and_no_further_than_a_table_may_have_columns() -> None:
    begun = time.process_time()
    content = b"\n".join([b"a\xf6;" * 30_000] * 15)
    choices = [Choice(name, "", (("Jörg",),)) for name in CODE_PAGES]
    assert passwords_of(io.BytesIO(content), choices) == set()
    assert time.process_time() - begun < 10


def test_looking_for_passwords_ends_with_its_seconds() -> None:
    content = b"Name,Password\n" + b"J\xf6rg,Gehe\xefm\n" * 5
    with pytest.raises(FileRefused) as refused:
        passwords_of(io.BytesIO(content), shown("Jörg"), seconds=0)
    assert refused.value.code == "file-too-slow"


def test_a_title_that_speaks_of_passwords_hides_no_heading() -> None:
    content = "Passwords of May\nName;Kennwort\nJörg;password-é\nZoë;Gehéim\n".encode("cp1252")
    secret = passwords_of(io.BytesIO(content), shown("Gehéim", "password-é"))
    assert secret == {"Gehéim", "password-é"}


def test_a_cell_that_was_split_wrongly_is_not_shown_where_a_password_is_in_it() -> None:
    choice = Choice("windows-1252", "", ((" App. 4;Gehéim-1", "Jörg", "éa", "a"),))
    assert without_passwords(choice, {"Gehéim-1", "a"}) == [["…", "Jörg", "éa", "…"]]
