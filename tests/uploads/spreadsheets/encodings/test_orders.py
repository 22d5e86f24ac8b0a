"""Which order of bytes a file has is told by its line breaks, its words and what is no letter."""

import io

import pytest

from uploads.spreadsheets.encodings.orders import find_order, is_text

ORDERS = ["utf-16-le", "utf-16-be"]
TABLES = ["Email\nada@b\n", "Email;City\r\nzoë@b;Łódź\r\n", "名前,Email\r山田,a@b.jp\r\x1a"]


@pytest.mark.parametrize("text", [*TABLES, *(f"{text}{'x' * (3 << 19)}{text}" for text in TABLES)])
@pytest.mark.parametrize("encoding", ORDERS)
def test_a_text_is_one_in_its_order_alone(text: str, encoding: str) -> None:
    file = io.BytesIO(text.encode(encoding))
    assert find_order(file) == encoding
    assert [is_text(file, order) for order in ORDERS] == [encoding == order for order in ORDERS]


@pytest.mark.parametrize("at", range(8))
def test_a_word_is_found_wherever_a_chunk_ends(at: int) -> None:
    text = "山" * ((1 << 19) - at) + "\nabc"
    assert find_order(io.BytesIO(text.encode("utf-16-be"))) == "utf-16-be"


@pytest.mark.parametrize(
    "content",
    [
        # Half of a character, half of a pair, NUL as a character, one that is none.
        "Email\nada@b\n".encode("utf-16-le") + b"a",
        "Email\nada@b\n".encode("utf-16-le") + b"\x00\xd8",
        "Email\nada@b\n\0".encode("utf-16-le"),
        "Email\nada@b\n\x02".encode("utf-16-be"),
        "Email\nada@b\n\uffff".encode("utf-16-le"),
        "Email\nada@b\n\ue000".encode("utf-16-le"),
        # Without a line, and without a word.
        "Email".encode("utf-16-le"),
        "名前\n山田\n".encode("utf-16-le"),
        # Letters of one byte with NULs behind fields or lines, and two files in one.
        b"Name\0\n\0Anna\0\n\0",
        b"Email\0City\0\n\0ada@b\0Bonn\0\n\0",
        b"ab\n\0cd\n\0",
        b"Email\nada@b\n" + "bob@b\n".encode("utf-16-le"),
        "Email\nada@b\n".encode("utf-16-le") + "bob@b\n".encode("utf-16-be"),
        # In both orders it would be a text.
        "abc\n愀戀挀\u0a00".encode("utf-16-le"),
        "abc\r愀戀挀\u0d00".encode("utf-16-le"),
    ],
    ids=range(15),
)
def test_what_may_be_something_else_is_not_guessed(content: bytes) -> None:
    assert find_order(io.BytesIO(content)) == ""
