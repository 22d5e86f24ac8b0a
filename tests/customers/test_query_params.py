"""What comes from outside as text and is to be a number or a key."""

import ast

import pytest

from customers.query_params import (
    LARGEST_ID,
    SEARCH_LENGTH,
    is_key,
    read_id,
    read_number,
    read_search,
)
from customers.services.batches import new_key
from tests.support.house import APPS, modules, tree

READERS = {"customers/query_params.py"}


@pytest.mark.parametrize(
    "text, number",
    [("0", 0), ("007", 7), (str(LARGEST_ID), LARGEST_ID)],
)
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert read_id(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1.0", " 1", "1\n", "1\0", "²", "٣", "1_000", str(LARGEST_ID + 1), "9" * 5_000],
)
def test_what_no_column_holds_is_no_number(text: str) -> None:
    assert read_id(text) is None


def test_a_number_can_have_a_limit_of_its_own() -> None:
    assert (read_number("9", largest=9), read_number("10", largest=9)) == (9, None)


def test_a_search_is_what_its_field_takes() -> None:
    assert read_search(" Ada\u200b\0 Lind ") == "Ada Lind"
    assert read_search("a " * 500) == ("a " * 500)[:SEARCH_LENGTH]


def test_a_key_is_what_a_form_carries() -> None:
    assert is_key(new_key())
    assert is_key("x" * 64)
    wrong = ["", "x" * 65, "a\0", "a/b", "..", "a b", "\ud800", "ü", "a\n"]
    assert [text for text in wrong if is_key(text)] == []


def test_no_other_code_makes_a_number_of_a_text_by_itself() -> None:
    """Code that asks whether a text has digits is about to."""
    asks = {"isdigit", "isdecimal", "isnumeric"}
    found = {
        str(module)
        for module in modules(*APPS)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr in asks
    }
    assert found == READERS
