"""What a text is made of, how it is kept, and how it is said again in another language."""

import copy
import json
import pickle
from datetime import UTC, date, datetime
from typing import Any
from zlib import crc32

import pytest
from django.utils import timezone, translation

from customers.errors import Refused
from customers.said import (
    Said,
    cleaned,
    columns_of,
    country,
    cut,
    day,
    figure,
    gettext,
    gettext_lazy,
    joined,
    moment,
    ngettext,
    pgettext,
    plain,
    retold,
    retold_in,
    retold_row,
    words_in,
    words_of,
)

GONE, NEW = "%(name)s has been deleted.", "%(name)s is added."
LATER = gettext_lazy("No change needed.")


def in_german(text: str) -> str:
    """Return the text as it is read in German once it was stored."""
    kept = json.loads(json.dumps(words_of(text)))
    with translation.override("de"):
        return retold(plain(text), kept)


@pytest.mark.parametrize(
    ("text", "german"),
    [
        (gettext(GONE) % {"name": "Uma"}, "Uma wurde gelöscht."),
        (str(LATER), "Keine Änderung nötig."),
        (ngettext("%(count)s user", "%(count)s users", 2) % {"count": 2}, "2 Benutzer"),
        (pgettext("subscription", "Active"), "Aktiv"),
        (
            joined((gettext(GONE) % {"name": "Uma"}, LATER)),
            "Uma wurde gelöscht. Keine Änderung nötig.",
        ),
        (figure(12_345), "12.345"),
        (day(date(2026, 3, 2)), "2. März 2026"),
        (country("DE"), "Deutschland"),
        (
            gettext(GONE) % {"name": gettext(NEW) % {"name": figure(12_345)}},
            "12.345 wurde hinzugefügt. wurde gelöscht.",
        ),
    ],
)  # fmt: skip
def test_a_sentence_is_read_in_the_language_of_its_reader(text: str, german: str) -> None:
    assert isinstance(text, Said)
    assert in_german(text) == german


@pytest.mark.parametrize(
    "text",
    [
        ngettext("%(count)s user", "%(count)s users", 12_345) % {"count": figure(12_345)},
        joined((gettext(GONE) % {"name": figure(12_345)}, LATER)),
        gettext(GONE) % {"name": gettext(NEW) % {"name": day(date(2026, 3, 2))}},
        country("DE"),
    ],
)
def test_what_was_read_is_stored_again_with_all_its_words(text: str) -> None:
    """As where the refusal of a batch becomes that of its schedule."""
    kept = json.loads(json.dumps(words_of(text)))
    with translation.override("fr"):
        read = retold(plain(text), kept)
        # With other words in one sentence, too.
        both = joined((read, gettext(GONE) % {"name": read}))
    assert words_of(read) == kept
    assert in_german(read) == in_german(text)
    assert in_german(both) == f"{in_german(text)} {in_german(text)} wurde gelöscht."


def test_a_moment_is_one_of_the_readers_clock() -> None:
    with timezone.override("UTC"):
        words = words_of(moment(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)))
    with translation.override("de"), timezone.override("Europe/Berlin"):
        assert retold("", words) == "3. März 2026, 00:30"


def test_a_refusal_keeps_what_it_says() -> None:
    refused = Refused(gettext(GONE) % {"name": "Uma"}, code="user-gone")
    assert in_german(str(refused)) == "Uma wurde gelöscht."
    assert in_german(str(Refused(LATER, code="nobody-left"))) == "Keine Änderung nötig."
    assert in_german(str(ValueError(gettext(GONE) % {"name": "Uma"}))) == "Uma wurde gelöscht."


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))]
)
def test_a_copy_says_the_same(again: Any) -> None:
    text = again(gettext(GONE) % {"name": "Uma"})
    assert (text, in_german(text)) == ("Uma has been deleted.", "Uma wurde gelöscht.")


def test_it_is_a_text_like_any_other() -> None:
    text = gettext(GONE) % {"name": "Uma"}
    assert text == "Uma has been deleted."
    assert {text: 1} == {"Uma has been deleted.": 1}
    assert type(plain(text)) is str
    assert words_of("Uma has been deleted.") is None
    # One of two languages is no text of the catalogs, and what is cut is none either.
    assert words_of(text[:3]) is None
    assert words_of(f"{text}!") is None


@pytest.mark.parametrize(
    "words",
    [
        None,
        {},
        [],
        7,
        "text",
        {"id": GONE, "with": {}},
        {"id": GONE, "with": {"nam": "Uma"}},
        {"id": GONE, "with": "Uma"},
        {"id": GONE, "with": None},
        {"id": "A text that no catalog has: %(name)s.", "with": {"name": "Uma"}},
        {"id": 7},
        {"id": "%(count)s user", "plural": "%(count)s users", "number": "many"},
        {"join": 7, "by": " "},
        {"join": [{"id": GONE, "with": {}}], "by": " "},
        {"day": "yesterday"},
        {"moment": "now"},
        {"figure": "many"},
        {"figure": None},
        # As Python reads a number that JSON writes so: 1e400.
        {"figure": float("inf")},
        {"moment": "0001-01-01T00:00:00+14:00"},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_said_is_read_as_it_was_stored(words: Any) -> None:
    with translation.override("de"):
        assert retold("Uma has been deleted.", words) == "Uma has been deleted."


def test_sentences_that_are_too_deep_are_read_as_stored() -> None:
    words: Any = {"figure": 1}
    for _level in range(1_000):
        words = {"join": [words], "by": ""}
    assert retold("1", words) == "1"


def test_a_name_is_never_a_text_to_be_filled_in() -> None:
    names = ["%(name)s", "%s %d", "{0.__class__}", GONE, '{"id": "x"}']
    for name in names:
        assert in_german(gettext(GONE) % {"name": name}) == f"{name} wurde gelöscht."


def test_nothing_is_kept_that_the_sentence_does_not_show() -> None:
    facts = {"name": "Uma", "password": "correct horse"}
    assert words_of(gettext(GONE) % facts) == {"id": GONE, "with": {"name": "Uma"}}
    # The singular of some sentences has no number.
    text = ngettext("One user of %(name)s", "%(count)s users", 1) % (facts | {"count": 1})
    assert words_of(text)["with"] == {"name": "Uma", "count": 1}  # type: ignore[index]


def test_a_column_keeps_the_words_with_the_sentence_that_they_are_of() -> None:
    text = gettext(GONE) % {"name": "Uma"}
    columns = columns_of("why", text)
    assert columns["why"] == "Uma has been deleted."
    assert columns["why_said"] == {**(words_of(text) or {}), "sum": crc32(text.encode())}
    with translation.override("de"):
        assert retold_row(columns) == {"why": "Uma wurde gelöscht."}
        assert retold_row(columns | {"why": "Another one."}) == {"why": "Another one."}
        assert retold_row(columns | {"why_said": {"id": GONE, "sum": []}})["why"] == columns["why"]
    # Within another sentence it has none.
    with translation.override("fr"):
        read = retold(columns["why"], columns["why_said"])
    assert words_of(joined((read, read)))["join"] == [words_of(text)] * 2  # type: ignore[index]
    assert columns_of("why", "") == {"why": "", "why_said": None}


def test_a_text_that_is_cut_is_told_whole() -> None:
    columns = columns_of("why", gettext(GONE) % {"name": "Uma"}, 8)
    assert columns["why"] == "Uma has "
    with translation.override("de"):
        assert retold_row(columns)["why"] == "Uma wurde gelöscht."
    assert (cut("as it is", 5), words_of(cut("as it is", 5))) == ("as it", None)


def test_values_are_cleaned_with_the_sentence() -> None:
    inner = gettext(GONE) % {"name": "Uma!"}
    text = joined((gettext(NEW) % {"name": inner, "count": 1}, "A name!"))
    found = cleaned(text, lambda part: part.replace("!", ""))
    assert found == "Uma has been deleted. is added. A name"
    assert in_german(found) == "Uma wurde gelöscht. wurde hinzugefügt. A name"
    assert cleaned("as it is!", lambda part: part[:-1]) == "as it is"


def test_a_lazy_text_is_a_text_too() -> None:
    assert (type(plain(LATER)), plain(LATER)) == (str, "No change needed.")
    assert words_of(LATER) == {"id": "No change needed."}


def test_rows_and_values_of_json_are_retold_whole() -> None:
    text = gettext(GONE) % {"name": "Uma"}
    row = {
        "why": plain(text),
        "why_said": words_of(text),
        "state": "failed",
        "old": "x",
        "at": None,
    }
    value = {"notes": [text, "as it is"], "number": 7}
    words = words_in(value)
    with translation.override("de"):
        assert retold_row(row) == {
            "why": "Uma wurde gelöscht.", "state": "failed", "old": "x", "at": None,
        }  # fmt: skip
        stored = json.loads(json.dumps(value))
        assert retold_in(stored, words)["notes"] == ["Uma wurde gelöscht.", "as it is"]
        assert retold_in(stored, {"notes": [words]}) == stored
    assert words_in({"notes": ["as it is"], "number": 7}) is None
