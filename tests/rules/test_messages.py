"""Whoever reads German, French or Spanish reads nothing in English, and no placeholder is lost."""

import pytest
from django.conf import settings
from django.utils.translation import override

from customers.actions import Action
from tests.messages import LANGUAGES, catalog_of, entries, texts, wrong_in


def test_the_languages_are_those_that_the_portal_offers() -> None:
    assert {"en", *LANGUAGES} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_whole(language: str) -> None:
    found = entries(catalog_of(language))
    assert texts() - found.keys() == set(), "python -m tests.messages adds them"
    assert found.keys() - texts() == set(), "python -m tests.messages takes them out"
    wrong = {each.id: why for each in found.values() if (why := wrong_in(each))}
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_knows_its_plurals(language: str) -> None:
    catalog = catalog_of(language)
    forms = {
        len(each.string) for each in entries(catalog).values() if isinstance(each.string, tuple)
    }
    assert forms == {catalog.num_plurals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_log_names_is_said_in_our_words(language: str) -> None:
    """A text of one and of many, asked for without a number, is Django's where that has it too."""
    catalog = catalog_of(language)
    with override("en"):
        english = {action: str(action.label) for action in Action}
    ours = {}
    for text in english.values():
        found = catalog.get(text)
        assert found, text
        ours[text] = found.string[0] if isinstance(found.string, tuple) else found.string
    with override(language):
        assert {action: str(action.label) for action in Action} == {
            action: ours[text] for action, text in english.items()
        }
