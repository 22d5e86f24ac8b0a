"""Alphabets after the rules of a country."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from accounts.alphabets import TAILORED, alphabets_of, tailored

# Languages of which browsers know the order; those of other countries are written as one of them.
LANGUAGES = {
    "SE": "sv",
    "FI": "fi",
    "DK": "da",
    "FO": "fo",
    "GL": "kl",
    "NO": "no",
    "IS": "is",
    "CZ": "cs",
    "SK": "sk",
    "PL": "pl",
    "HU": "hu",
    "RO": "ro",
    "HR": "hr",
    "BA": "bs",
    "SI": "sl",
    "LT": "lt",
    "LV": "lv",
    "EE": "et",
    "TR": "tr",
    "AZ": "az",
    "AL": "sq",
    "VN": "vi",
    "MT": "mt",
    "UA": "uk",
    "BY": "be",
    "KZ": "kk",
    "KG": "ky",
    "MK": "mk",
    "IR": "fa",
    "PK": "ur",
    "ES": "es",
    "US": "en",
    "RU": "ru",
    "BG": "bg",
    "MN": "mn",
    "GR": "el",
    "IL": "he",
    "SA": "ar",
}
# Arabic and Persian forms of a letter are alike here: compared are those of the country.
_FOREIGN = {"SA": "کیىة", "IR": "كيىة", "PK": "كيىةه"}
_COMPARE = """
([language, pairs]) => {
    if (!Intl.Collator.supportedLocalesOf([language]).length) return null;
    const collator = new Intl.Collator(language, {sensitivity: "base"});
    return pairs.map(([one, other]) => Math.sign(collator.compare(one, other)));
}
"""


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


def test_letters_stand_in_the_order_that_a_browser_has_of_cldr(page: Page) -> None:
    known, wrong = set(), []
    for country, language in LANGUAGES.items():
        [groups] = [groups for is_own, groups in alphabets_of(country) if is_own]
        foreign = _FOREIGN.get(country, "")
        own = [[letter for letter in group if letter not in foreign] for group in groups]
        own = [group for group in own if group]
        apart = [(one[0], other[0]) for one, other in pairwise(own)]
        alike = [(group[0], letter) for group in own for letter in group[1:]]
        if (found := page.evaluate(_COMPARE, [language, apart + alike])) is None:
            continue
        known.add(country)
        expected = [-1] * len(apart) + [0] * len(alike)
        pairs = zip(apart + alike, found, expected, strict=True)
        wrong += [(country, *pair) for pair, is_so, is_here in pairs if is_so != is_here]
    assert wrong == []
    assert known >= {"SE", "DK", "CZ", "PL", "HU", "LT", "TR", "VN", "UA", "IR", "RU", "GR"}
