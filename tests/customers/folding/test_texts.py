"""The texts that names are found by, and that they find what a pattern finds in the name itself."""

import re

import pytest

from customers.folding import Folds, customer_search_text, folded_words, search_text
from customers.folding.patterns import folded_pattern
from tests.accounts.spelling.two_hundred_names import MADE_UP

COMPANIES = [
    "Łukasz & Søn A/S",
    "Đặng Trading",
    "O’Brien, Murphy [Dublin] Ltd.",
    "Müller-Böhm GmbH",
    "Süd–Öl Handels KG",
    "Mu\N{COMBINING DIAERESIS}ller und So\N{COMBINING DIAERESIS}hne",
    "Blåbærgrød Århus",
    "STRASSENBAU WEIẞ",
    "Ægir “Nord” (Oslo)",
    "100 % Obst_und*Gemüse",
    "Aaen & Bauer",
    "Ｆｕｌｌ Width",
    "Компания Ёлка",
    "شركة علی",
    "株式会社 サンプル",
    "İstanbul Çiğköfte A.Ş.",
    "C\\D ^ E",
]
TYPED = [
    *COMPANIES,
    "lukasz son",
    "dang",
    "obrien",
    "Muller-Boehm",
    "muellerbohm",
    "MÜLLER böhm",
    "sudoel",
    "Suedol",
    "mueller soehne",
    "muller sohne",
    "blabaergroed",
    "blaabaergrod",
    "aarhus",
    "strassenbau weiss",
    "aegir",
    "%",
    "_",
    "gemuese",
    "елка",
    "sirket",
    "cigkofte",
    "nobody",
]


def test_shared_names_are_folded_once() -> None:
    folds = Folds()
    assert folds["Ångström"] == "angstrom"
    assert folds == {"Ångström": "angstrom"}
    folds["Ada"] = "kept"
    assert search_text("Ada", "Ångström", folds=folds) == "kept\nangstrom\naangstroem"


def test_a_search_looks_in_each_part_once_and_never_across_two() -> None:
    assert search_text("Ada Lind", "ada lind", "", "Ada") == "ada lind\nada"
    assert "lind ada" not in search_text("Lind", "Ada")
    assert search_text() == ""


def test_a_search_looks_in_names_spelled_out_where_that_is_another_text() -> None:
    found = search_text("Anna Müller", "anna@contoso.example", "Anna", "Müller")
    assert found == "anna muller\nanna@contoso.example\nanna\nmuller\nanna mueller"
    assert search_text("Müller", "mueller@contoso.example") == "muller\nmueller@contoso.example"


def test_a_customer_is_found_by_each_word_that_a_pattern_finds_in_its_name() -> None:
    words = {word for text in TYPED for word in folded_words(text)}
    words |= {word for one in MADE_UP for word in folded_words(one.typed)}
    for name in [*COMPANIES, *(one.whole for one in MADE_UP)]:
        text = customer_search_text(name, [])
        for word in words:
            if re.search(folded_pattern(word), name):
                assert word in text, (word, name)
            # As among users, eller is found in Mueller, which Müller is spelled out to.
            elif word[0] not in "ae":
                assert word not in text, (word, name)


@pytest.mark.parametrize(
    "name, domains, text",
    [
        ("Contoso", ["contoso.example"], "contoso\ncontoso.example"),
        ("O’Brien", ["o-brien.example"], "obrien\nobrien.example"),
        ("Müller", ["mueller.example"], "muller\nmueller.example"),
        ("Öl", [], "ol\noel"),
        ("Süd-Öl AG", [], "sudol ag\nsuedoel ag\nsudoel\nsuedol"),
        ("Contoso", ["b.example", "a.example"], "contoso\na.example\nb.example"),
    ],
)
def test_a_customer_is_found_by_its_name_its_domains_and_both_spellings(
    name: str, domains: list[str], text: str
) -> None:
    assert customer_search_text(name, domains) == text


def test_a_word_of_very_many_letters_is_found_in_either_way_and_not_by_all_mixtures() -> None:
    text = customer_search_text("ÄÖÜÄÖÜÄÖÜÄÖÜ", [])
    assert text == "aou" * 4 + "\n" + "aeoeue" * 4
