"""What names are found by, as it is stored beside them: all their spellings, folded."""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product

from .letters import SPELLED_OUT, fold, spelled_out

# Of a word with more letters that are also written as two, no mixture of both ways is stored.
MOST_MIXED = 5


class Folds(dict[str, str]):
    """A memory of folded texts, which many names of a file share: `folds[text]` is fold(text)."""

    def __missing__(self, text: str) -> str:
        self[text] = folded = fold(text)
        return folded


def search_text(*parts: str, folds: Folds | None = None) -> str:
    """Return what a search looks in. A line break keeps a match from spanning two fields.

    Names whose letters are also written as two are in it in that way too.
    """
    folded = Folds() if folds is None else folds
    lines = list(dict.fromkeys([folded[part] for part in parts if part]))
    for part in parts:
        two = part if part.isascii() else spelled_out(part)
        if two is not part and not any(folded[two] in line for line in lines):
            lines.append(folded[two])
    return "\n".join(lines)


def customer_search_text(name: str, domains: Iterable[str]) -> str:
    """Return what a customer is found by: its name, its domains, and mixtures of both spellings.

    Hyphens fold to nothing: of Müller-Böhm, which is one word then, a partner's staff may well
    write one half in either way.
    """
    found = search_text(name, *sorted(domains))
    mixed = {word for word in map(fold, _mixtures(name)) if word not in found}
    return "\n".join(filter(None, [found, *sorted(mixed)]))


def _mixtures(name: str) -> Iterator[str]:
    """Yield each word with two or more letters that are also written as two, in every way."""
    if name.isascii():
        return
    for word in unicodedata.normalize("NFC", name).casefold().split():
        if 1 < sum(letter in SPELLED_OUT for letter in word) <= MOST_MIXED:
            ways = ((letter, SPELLED_OUT.get(letter, letter)) for letter in word)
            yield from map("".join, product(*map(dict.fromkeys, ways)))
