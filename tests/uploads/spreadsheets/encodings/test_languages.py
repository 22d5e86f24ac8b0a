"""What is known of languages: their letters, their neighbors, where they are spoken."""

import pytest
from django_countries import countries

from tests import letters
from uploads.spreadsheets.encodings.languages import (
    _COUNTRIES,
    _HEADINGS,
    Language,
    alphabets,
    characters,
    headings_in,
    is_at_home,
    script,
    speakers,
    spoken_in,
    told_by,
    written_in,
)
from uploads.spreadsheets.kinds import CODE_PAGES


def test_every_language_is_spoken_somewhere_and_every_country_there_is() -> None:
    assert _COUNTRIES.keys() == alphabets().keys() | characters().keys()
    named = {code for where in _COUNTRIES.values() for code in where.split()}
    assert named <= {*dict(countries), "XK"}


def test_languages_are_known_by_their_letters() -> None:
    assert speakers("ř") == {"cs"}
    assert speakers("ł") == {"pl"}
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


@pytest.mark.once
def test_what_is_known_is_what_the_installed_packages_say() -> None:
    for name, made in (
        ("letters.txt", letters.letters()),
        ("characters.txt", letters.characters()),
    ):
        kept = (letters.FOLDER / name).read_text(encoding="utf-8")
        assert kept == made, f"run {letters.COMMAND}"


def test_code_pages_are_at_home_where_their_languages_are_spoken() -> None:
    assert is_at_home("windows-1250", spoken_in("CZ"))
    assert not is_at_home("windows-1252", spoken_in("CZ"))
    assert is_at_home("windows-1252", spoken_in("US"))
    assert not is_at_home("windows-1251", spoken_in("US"))


@pytest.mark.parametrize("language", _HEADINGS)
def test_two_headings_tell_a_language(language: str) -> None:
    first, second = headings_in(language)[:2]
    assert language in alphabets()
    assert language in told_by(f'"{first.upper()}";{second}\r\n'.encode())
    assert language not in told_by(f"{first};{first};Email".encode())


def test_english_headings_tell_no_language() -> None:
    heads = (
        b"First name,Last name,User name,Display name,Title,Department,Office,City,Country,Phone"
    )
    assert told_by(heads) == frozenset()
