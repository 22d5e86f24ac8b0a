"""Characters that nobody sees are taken out of a text and named."""

import pytest

from customers.invisible import name_of, visible


@pytest.mark.parametrize(
    ("typed", "kept", "removed"),
    [
        ("Contoso", "Contoso", []),
        (" Con\ttoso\r\n", "Con toso", []),
        ("Con\u200btoso\u200b", "Contoso", ["U+200B (zero width space)"]),
        ("a\x00b", "ab", ["U+0000"]),
        ("\u202eabc", "abc", ["U+202E (right-to-left override)"]),
        ("می\u200cخواهم", "می\u200cخواهم", []),
        ("a\u200db", "ab", ["U+200D (zero width joiner)"]),
        ("\u3164", "", ["U+3164 (hangul filler)"]),
        ("株式会社 é ё", "株式会社 é ё", []),
    ],
)
def test_invisible_characters_are_taken_out_and_named(
    typed: str, kept: str, removed: list[str]
) -> None:
    assert visible(typed) == (kept, removed)


@pytest.mark.parametrize(
    "text, kept",
    [
        # Between letters of its script a joiner spells; at an edge or beside ASCII it is nothing.
        ("\u200cخواهم", "خواهم"),
        ("می\u200c", "می"),
        ("می\u200cx", "میx"),
        ("क्\u200dष", "क्\u200dष"),
        ("می\u200c\u200cخواهم", "میخواهم"),
    ],
)
def test_a_joiner_stays_between_letters_that_need_it(text: str, kept: str) -> None:
    assert visible(text)[0] == kept


@pytest.mark.parametrize("char", "\t\n\v\f\r\x85\u2028\u2029")
def test_a_break_becomes_a_space_and_is_no_loss_to_tell_of(char: str) -> None:
    assert visible(f"a{char}b{char}") == ("a b", [])


def test_each_character_is_named_once_in_its_order() -> None:
    text = "\u200ba\x00\u200bb\x00"
    assert visible(text) == ("ab", ["U+200B (zero width space)", "U+0000"])


def test_half_a_character_is_none() -> None:
    assert visible("a\ud800b") == ("ab", ["U+D800"])


def test_a_character_has_its_number_and_its_name() -> None:
    assert name_of("é") == "U+00E9 (latin small letter e with acute)"
    assert name_of("\U0001f600") == "U+1F600 (grinning face)"
    assert name_of("\x00") == "U+0000"
