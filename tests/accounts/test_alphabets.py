"""Alphabets after the rules of a country."""

import pytest

from accounts.alphabets import TAILORED, alphabets_of, tailored


@pytest.mark.parametrize(
    "rules, letters",
    [
        ("", "a b c=ç z þ"),
        ("z<å<ä=æ", "a b c=ç z å ä=æ þ"),
        ("a<z", "a z b c=ç þ"),
        ("b=ç c<ch", "a b=ç c ch z þ"),
        ("-þ", "a b c=ç z"),
    ],
)
def test_a_rule_adds_moves_and_takes_letters(rules: str, letters: str) -> None:
    assert ["=".join(group) for group in tailored("a b c=ç z þ", rules)] == letters.split()


@pytest.mark.parametrize("country", ["", "US", *TAILORED])
def test_each_country_has_one_own_alphabet_and_each_letter_once(country: str) -> None:
    found = list(alphabets_of(country))
    assert [is_own for is_own, _groups in found].count(True) == 1
    letters = [letter for _is_own, groups in found for group in groups for letter in group]
    assert len(letters) == len(set(letters))
