"""Letters that were garbled before the file was saved are repaired where that can be done."""

import pytest

from uploads.services.cells.mojibake import note_garbled, repaired
from uploads.services.entries import ReadRow


def told(text: str, *, fits: bool = True) -> ReadRow:
    entry = ReadRow(2)
    assert note_garbled(entry, "last_name", text, fits=lambda _text: fits) == bool(entry.notices)
    return entry


def garbled(text: str, encoding: str) -> str:
    return text.encode().decode(encoding)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("JosÃ©", "José"),
        ("GarcÃ­a", "García"),
        ("&Eacute;mile", "Émile"),
        ("O&#39;Brien", "O'Brien"),
        ("M&amp;M", "M&M"),
        ("Andr&amp;eacute;", "André"),
        (garbled("Łukasz", "latin-1"), "Łukasz"),
        (garbled("Müller", "mac-roman"), "Müller"),
        (garbled("Müller", "cp850"), "Müller"),
        (garbled("Žižka", "windows-1250"), "Žižka"),
        (garbled("Иванов", "latin-1"), "Иванов"),
        (garbled("Сергей", "windows-1251"), "Сергей"),
        (garbled("桜井", "latin-1"), "桜井"),
        (garbled(garbled("José", "windows-1252"), "windows-1252"), "José"),
        ("Oâ€™Brien", "O’Brien"),
    ],
)
def test_what_was_garbled_is_repaired(text: str, right: str) -> None:
    assert repaired(text) == right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "José",
        "García Ibáñez",
        "Łukasz",
        "Đặng",
        "Иванов",
        "桜井",
        "Mar\ufffda",
        "M?ller",
        "AT&T",
        "R&D; Sales",
        "Müller & Söhne",
        "SÃO PAULO",
        "Ção",
        "Ã",
    ],
)
def test_what_is_right_or_can_not_be_told_is_left(text: str) -> None:
    assert repaired(text) is None


@pytest.mark.parametrize("text", ["Mar\ufffda", "M?ller", "?lker", "Mar\ufffda JosÃ©"])
def test_lost_letters_are_told_of_without_a_suggestion(text: str) -> None:
    [notice] = told(text).notices
    assert (notice.column, notice.suggestion, notice.cause) == ("last_name", "", "letter-lost")
    assert "lost" in notice.text


@pytest.mark.parametrize("text", ["Zoë", "Who?", "https://contoso.example/?a=b", "A & B"])
def test_other_cells_are_not_told_of(text: str) -> None:
    assert told(text).notices == []


def test_garbled_letters_are_told_of_with_the_right_ones() -> None:
    entry = told("GarcÃ­a")
    assert [(each.suggestion, each.cause) for each in entry.notices] == [("García", "garbled")]
    assert not entry.problems


def test_the_right_letters_are_no_suggestion_where_the_column_would_refuse_them() -> None:
    [notice] = told("GarcÃ­a", fits=False).notices
    assert ("García" in notice.text, notice.suggestion, notice.cause) == (True, "", "")
