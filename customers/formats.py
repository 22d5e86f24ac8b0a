"""How pages write what they count, in the language of whoever reads."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import ngettext

# So many sentences of a kind are told, and the others counted.
TOLD = 10


def figure(number: int) -> str:
    return number_format(number, force_grouping=True)


def first_of(sentences: Iterable[str]) -> list[str]:
    """Return ten of them, and a sentence that says how many more there are."""
    found = list(sentences)
    more = len(found) - TOLD
    if more <= 0:
        return found
    text = ngettext("%(count)s more like this.", "%(count)s more like these.", more)
    return [*found[:TOLD], text % {"count": more}]
