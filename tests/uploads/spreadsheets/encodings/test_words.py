"""Words that names have are likely, and garbled ones are not."""

import pytest

from uploads.spreadsheets.encodings.languages import spoken_in, written_in
from uploads.spreadsheets.encodings.words import ABSURD, FOREIGN, price, words


def cost(word: str, country: str = "", encoding: str = "windows-1252") -> float:
    return price(word, spoken_in(country), written_in(encoding)).cost


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("Müller", "DE"),
        ("MÜLLER", "DE"),
        ("Straße", "DE"),
        ("STRAßE", "DE"),
        ("Hélène", "FR"),
        ("Jean–Noël", "FR"),
        ("D’Été", "FR"),
        ("Søren’s", "DK"),
        ("Иванов", "RU"),
        ("ИВАНОВ", "RU"),
        ("Дем’янчук", "UA"),
        ("Παπαδόπουλος", "GR"),
        ("محمد", "EG"),
        ("כהן", "IL"),
        ("สมชาย", "TH"),
        ("桜井", "JP"),
        ("さくら", "JP"),
        ("김민수", "KR"),
        ("王伟", "CN"),
        ("İzmir", "TR"),
    ],
)
def test_names_of_the_country_are_likely(word: str, country: str) -> None:
    encoding = "windows-1254" if country == "TR" else "windows-1252"
    assert cost(word, country, encoding) < ABSURD / 2


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("Müller", "windows-1252"), ("Иванов", "windows-1251"), ("김민수", "cp949")],
)
def test_names_from_elsewhere_are_nearly_as_likely(word: str, encoding: str) -> None:
    found = price(word, spoken_in("US"), written_in(encoding))
    assert (found.cost, found.unusual) == (FOREIGN, 0)
    assert max(saving for _language, saving in found.savings) == FOREIGN


@pytest.mark.parametrize(
    "word",
    [
        "Mьller",
        "Mⁿller",
        "M¸ller",
        "MŁller",
        "JosÈ",
        "MüLLER",
        "хБЮМНБ",
        "³ukasz",
        "ªtefan",
        "Wa³êsa",
        "Tomaª",
        "黮ler",
        "═§╬░",
        "¤¦",
        "a\u0303b\x85é",
        "xœřþ",
    ],
)
def test_garbled_words_are_absurd(word: str) -> None:
    assert cost(word, "DE") == ABSURD


@pytest.mark.parametrize("word", ["–", "€", "Nº", "1ª", "Mª", "„Ada“", "Contoso®", "§", "Ada…"])
def test_symbols_where_they_belong_cost_little(word: str) -> None:
    assert cost(word, "ES") <= 1


@pytest.mark.parametrize("word", ["Garc’a", "Espa–a", "Iv\xa0n", "Ju\xadrez"])
def test_joints_where_they_seldom_stand_cost_something(word: str) -> None:
    assert cost(word, "ES") == 2.5


def test_words_are_those_beyond_ascii() -> None:
    assert list(words("Ada Zoë;O'Brien|Jean-Noe\u0308l")) == ["Zoë", "Noël"]


def test_a_language_that_the_code_page_was_not_made_for_is_unusual() -> None:
    found = price("Łukasz", spoken_in("PL"), written_in("windows-1257"))
    assert (found.cost, found.unusual) == (0, 1)


def test_a_hyphen_of_hebrew_parts_words_of_hebrew_alone() -> None:
    assert list(words("בן־דוד")) == ["בן", "דוד"]
    assert list(words("Sz־l־s")) == ["Sz־l־s"]
