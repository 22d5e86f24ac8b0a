"""User names, what is wrong with one in words, and what is proposed."""

import time

import pytest
from django.core.exceptions import ValidationError

from accounts.names import (
    LOCAL_PART_LENGTH,
    check_local_part,
    numbered,
    suggest_local_part,
    typed_user_name,
)


def refused(local_part: str) -> str:
    with pytest.raises(ValidationError) as caught:
        check_local_part(local_part)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "local_part", ["a", "Ada.Lind", "o'neill", "x-1_2!#^~", "a" * LOCAL_PART_LENGTH, "0", "-", "_"]
)
def test_what_may_stand_before_the_at_is_taken(local_part: str) -> None:
    check_local_part(local_part)


@pytest.mark.parametrize(
    "local_part, said",
    [
        ("a" * 65, "up to 64 characters before the @; this one has 65"),
        ("", "Use letters a to z, digits"),
        (".ada", "can't begin or end with a dot"),
        ("ada.", "can't begin or end with a dot"),
        ("a..b", "have two dots in a row"),
        ("ada@contoso.example", "Leave out the @ and what follows it"),
        ("ada lind", "A space can't be in a user name. Use letters a to z"),
        ("ada\tlind", "A space can't be in a user name."),
        ("ada\u200blind", "An invisible character"),
        ("müller", "The character ü (latin small letter u with diaeresis) can't be"),
        ("a+b", "The character + can't be in a user name."),
        ("\N{KATAKANA LETTER A}", "(katakana letter a)"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(local_part: str, said: str) -> None:
    assert said in refused(local_part)


def test_the_first_of_several_wrong_characters_is_the_one_named() -> None:
    assert "The character +" in refused("a+b&c")


@pytest.mark.parametrize(
    "typed, meant",
    [
        (" Ada@Contoso.Example\t", "Ada@Contoso.Example"),
        ("Ａｄａ＠contoso。example", "Ada@contoso.example"),
        ("a\u00adda\u200b@contoso.example", "ada@contoso.example"),
        ("anne–marie@contoso‑ag.example", "anne-marie@contoso-ag.example"),
        ("o’neil@contoso.example", "o'neil@contoso.example"),
        ("MailTo: ada@contoso.example", "ada@contoso.example"),
        ("mailto@contoso.example", "mailto@contoso.example"),
        ("", ""),
    ],
)
def test_a_typed_name_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    assert typed_user_name(typed) == meant


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("Ada <ada@contoso.example>; mailto:ada@contoso.example", "ada@contoso.example"),
        ("<ada@contoso.example@fabrikam.example>", "ada@contoso.example"),
        (
            "[ada@contoso.example] (ian@contoso.example)",
            "[ada@contoso.example] (ian@contoso.example)",
        ),
        ("<@ada@contoso.example>", "ada@contoso.example"),
    ],
)
def test_the_one_address_within_a_text_is_found(typed: str, meant: str) -> None:
    assert typed_user_name(typed) == meant


@pytest.mark.parametrize(
    "typed", ["<" + "a" * 40_000, f"a{' ' * 40_000}b", "<" + "\ufdfa" * 1_000, "<" + "@a" * 20_000]
)
def test_a_text_far_too_long_for_a_name_takes_no_time(typed: str) -> None:
    begun = time.process_time()
    typed_user_name(typed)
    assert time.process_time() - begun < 1


def test_a_text_far_too_long_for_a_name_comes_back_as_it_is() -> None:
    assert typed_user_name("<" + "a" * 40_000) == "<" + "a" * 40_000


def test_a_number_keeps_the_name_within_its_length() -> None:
    assert numbered("ada", "contoso.example", 1) == "ada@contoso.example"
    assert numbered("ada", "contoso.example", 12) == "ada12@contoso.example"
    longest = "a" * LOCAL_PART_LENGTH
    local, _at, domain = numbered(longest, "contoso.example", 100).partition("@")
    assert (len(local), local[-4:], domain) == (LOCAL_PART_LENGTH, "a100", "contoso.example")


@pytest.mark.parametrize(
    "first, last, local_part",
    [
        ("Ada", "Lind", "ada.lind"),
        ("Zoë", "Müller-Weiß", "zoe.muller-weiss"),
        ("Ada", "", "ada"),
        ("", "O'Neill", "oneill"),
        ("太郎", "山田", ""),
        ("太郎", "Yamada", "yamada"),
        ("A" * 64, "Lind", "a" * 64),
        ("a" * 63, "b", "a" * 63),
    ],
)
def test_a_proposed_name_is_legal_or_empty(first: str, last: str, local_part: str) -> None:
    proposed = suggest_local_part(first, last)
    assert proposed == local_part
    if proposed:
        check_local_part(proposed)
