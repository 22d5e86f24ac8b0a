"""Reasons in the log that the portal itself gives: they are found by what their viewer reads."""

import re
from typing import TYPE_CHECKING

from django.db.models import Q

from ..folding import fold, folded_words, has_words
from ..said import words_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_given: list["StrOrPromise"] = []


def also_given_as_reason(*texts: "StrOrPromise") -> None:
    """Let an app above say which texts, with places for names, it gives as a reason."""
    _given.extend(texts)


def has_reason(text: str) -> Q:
    """Return the condition that the reason of an event, as it is read, has every word of the text.

    What a text of the portal says in the viewer's language need not stand in the one that was
    stored; the names in it do.
    """
    asked = folded_words(text)
    found = has_words("reason", text)
    for given in _given:
        said = fold(re.sub(r"%\(\w+\)s", " ", str(given)))
        left = [word for word in asked if word not in said]
        if len(left) < len(asked):
            same = Q(changes__reason_said__id=(words_of(given) or {})["id"])
            found |= same & has_words("reason", " ".join(left))
    return found
