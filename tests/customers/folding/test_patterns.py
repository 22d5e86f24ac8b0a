"""The pattern finds in a name as it is written what folding would find, on each database."""

import re

import pytest
from django.db.models import Q

from customers.folding import fold, folded_words, has_words, spelled_out
from customers.folding.patterns import folded_pattern
from customers.models import Customer
from tests.accounts.spelling.two_hundred_names import MADE_UP
from tests.support.cast import Cast


@pytest.mark.parametrize(
    "word, name",
    [
        ("lukasz", "Łukasz Nowak"),
        ("obrien", "Pat O’Brien"),
        ("annemarie", "ANNE-MARIE"),
        ("strasse", "Straße"),
        ("aegir", "Ægir"),
        ("zoe", "Zoe\N{COMBINING DIAERESIS}"),
        ("mueller", "MÜLLER"),
        ("mueller", "Mueller"),
        ("mueller", "Mu\N{COMBINING DIAERESIS}ller"),
        ("soeren", "Søren"),
        ("aake", "Åke"),
        ("علي", "علی"),
        ("a.b[c]^d", "A.B[c]^D"),
        ("\\", "a\\b"),
    ],
)
def test_the_pattern_finds_a_word_in_a_name_as_it_is_written(word: str, name: str) -> None:
    assert re.search(folded_pattern(word), name)
    assert not re.search(folded_pattern("x" + word), name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "word", ["Müller", "muller", "Mueller", "MU\N{COMBINING DIAERESIS}LLER", "müller-weiß", "sued"]
)
def test_the_database_finds_it_too(cast: Cast, word: str) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(name="Müller–Weiss [Süd] \\ ^ Co")
    found = Customer.objects.filter(has_words("name", word))
    assert list(found) == [cast.contoso]


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["[süd]", "^", "\\", "%", "_", ".", "*", "-"])
def test_no_word_is_read_as_a_pattern(cast: Cast, word: str) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(name="Müller–Weiss [Süd] \\ ^ Co")
    found = {row.pk for row in Customer.objects.filter(has_words("name", word))}
    assert found == ({cast.contoso.pk} if word in {"[süd]", "^", "\\"} else set())


def test_no_words_ask_for_nothing() -> None:
    assert has_words("name", "") == Q()


def test_it_finds_in_each_name_the_words_that_folding_finds() -> None:
    spelled = [one for one in MADE_UP if one.country in {"CH", "DE", "NO"}]
    typed = [one.typed for one in MADE_UP[::3]]
    typed += [one.proposed.replace(".", " ") for one in spelled]
    words = {word for text in typed for word in folded_words(text)}
    for one in MADE_UP:
        texts = fold(one.whole), fold(spelled_out(one.whole))
        for word in words:
            found = re.search(folded_pattern(word), one.whole) is not None
            assert found == any(word in text for text in texts), (word, one.whole)
