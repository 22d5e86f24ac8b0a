"""Samples of a file show no password."""

import io

import pytest

from uploads.spreadsheets import passwords_of, without_passwords
from uploads.spreadsheets.tables import Choice


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
    secret = passwords_of(file)
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
    assert passwords_of(io.BytesIO(content)) == set()
