"""The texts that a workbook's cells point to."""

import pytest

from uploads.errors import FileRefused
from uploads.spreadsheets.strings import TEXT_LENGTH, shared_strings, unescaped


def texts(*items: str, count: int) -> list[str]:
    xml = f"<sst>{''.join(items)}</sst>".encode()
    # A part comes in chunks that end anywhere.
    chunks = [xml[at : at + 7] for at in range(0, len(xml), 7)]
    with shared_strings(chunks) as strings:
        return [strings[at] for at in range(count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada", "Ada"),
        ("a_b_x", "a_b_x"),
        ("a_x000A_b", "a\nb"),
        ("_x005F_x000A_", "_x000A_"),
        ("_x000a_", "\n"),
        ("_x00_", "_x00_"),
        ("_x0000_", "\ufffd"),
        ("_xD800_", "\ufffd"),
    ],
)
def test_what_xml_cannot_hold_is_written_as_its_number(text: str, expected: str) -> None:
    assert unescaped(text) == expected


def test_texts_are_found_by_their_place() -> None:
    items = ("<si><t>Ada</t></si>", "<si><t/></si>", "<si/>", "<si><t>Zoë 桜</t></si>")
    assert texts(*items, count=4) == ["Ada", "", "", "Zoë 桜"]


def test_the_runs_of_a_text_are_joined() -> None:
    assert texts("<si><r><t>A</t></r><r><b/><t>da</t></r></si>", count=1) == ["Ada"]


def test_how_a_text_is_pronounced_is_none_of_it() -> None:
    item = "<si><t>桜井</t><rPh><t>サクライ</t></rPh><phoneticPr/><t>!</t></si>"
    assert texts(item, count=1) == ["桜井!"]


def test_escapes_of_a_text_are_undone() -> None:
    assert texts("<si><t>a_x000D_b</t></si>", count=1) == ["a\rb"]


@pytest.mark.parametrize("place", [-1, 1, 2])
def test_a_place_without_a_text_is_damage(place: int) -> None:
    with (
        shared_strings([b"<sst><si><t>Ada</t></si></sst>"]) as strings,
        pytest.raises(FileRefused, match="damaged"),
    ):
        strings[place]


@pytest.mark.parametrize("chunks", [(), [b"<sst/>"]])
def test_a_workbook_may_have_no_texts(chunks: list[bytes]) -> None:
    with shared_strings(chunks) as strings, pytest.raises(FileRefused, match="damaged"):
        strings[0]


def test_a_text_that_no_cell_can_hold_is_damage() -> None:
    longest = "x" * TEXT_LENGTH
    assert texts(f"<si><t>{longest}</t></si>", count=1) == [longest]
    with pytest.raises(FileRefused, match="damaged"):
        texts(f"<si><t>{longest}</t><t>x</t></si>", count=1)
    assert texts(f"<si><t>{longest}</t></si>", "<si><t>x</t></si>", count=2)[1] == "x"
