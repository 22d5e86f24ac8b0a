"""What is known of languages: their letters, their neighbors, where they are spoken."""

import pytest
from django_countries import countries

from uploads.spreadsheets.encodings.languages import (
    _COUNTRIES,
    Language,
    alphabets,
    characters,
    script,
    speakers,
    spoken_in,
    written_in,
)
from uploads.spreadsheets.kinds import CODE_PAGES


def test_every_language_is_spoken_somewhere_and_every_country_there_is() -> None:
    assert _COUNTRIES.keys() == alphabets().keys() | characters().keys()
    named = {code for where in _COUNTRIES.values() for code in where.split()}
    assert named <= {*dict(countries), "XK"}


def test_languages_are_known_by_their_letters() -> None:
    assert speakers("ř") == {"cs"}
    assert {"pl"} <= speakers("ł")
    assert speakers("џ") == {"sr", "mk"}
    assert not speakers("x")


def test_countries_have_their_languages() -> None:
    assert spoken_in("CH") == {"de", "fr", "it"}
    assert spoken_in("US") == frozenset()
    assert spoken_in("") == frozenset()


def test_pairs_that_are_not_known_are_odd_and_half_as_odd_of_rare_letters() -> None:
    language = Language({"é"}, {"ré", "é$"}, set())
    assert language.oddity({"ré", "é$"}) == 0
    assert language.oddity({"xé", "é$"}) == 1
    assert Language({"é"}, set(), {"é"}).oddity({"xé", "é$"}) == 1


@pytest.mark.parametrize(("letter", "name"), [("a", "LATIN"), ("я", "CYRILLIC"), ("井", "CJK")])
def test_scripts_are_told_by_letters(letter: str, name: str) -> None:
    assert script(letter) == name


def test_code_pages_have_languages_that_they_were_made_for() -> None:
    assert all(written_in(encoding) for encoding in CODE_PAGES)
    assert "tr" in written_in("windows-1254") - written_in("windows-1252")
