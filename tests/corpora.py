"""Names of many languages, on which the reading of encodings is measured."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tests.letters import CHARACTERS, known_words

_NAMES = Path(__file__).parent / "uploads" / "spreadsheets" / "encodings" / "names.txt"
# So many names of a language at most, spread over its alphabet.
_LIMIT = 100
_KINDS = (("person.json", "names"), ("person.json", "surnames"), ("address.json", "city"))
_MIMESIS = {"zh-hans": "zh"}
# Country by language; the names are by language.
Corpus = dict[str, tuple[str, list[str]]]


@cache
def own_names() -> Corpus:
    """Return the names of our list, which was there when the rules were made."""
    lines = (line.split() for line in _NAMES.read_text(encoding="utf-8").splitlines())
    return {line[0]: (line[1], line[2:]) for line in lines}


@cache
def held_out_names() -> Corpus:
    """Return the names of people and cities that Mimesis has, and that nothing of ours was made of.

    Without those that stand in the lists of which the letters were counted, but for East Asia's:
    of these single characters were counted, and any of them is common.
    """
    found: Corpus = {}
    for language, (country, _own) in own_names().items():
        folder = files("mimesis") / "datasets" / _MIMESIS.get(language, language)
        if not folder.is_dir():
            continue
        known = frozenset[str]() if language in CHARACTERS else known_words(language)
        names = sorted(
            name
            for name in {each for file, kind in _KINDS for each in _texts(folder / file, kind)}
            if not name.isascii() and " " not in name and name.lower() not in known
        )
        found[language] = (country, names[:: max(1, len(names) // _LIMIT)])
    return found


def _texts(file: Traversable, kind: str) -> Iterator[str]:
    values = [json.loads(file.read_text(encoding="utf-8")).get(kind, [])]
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            values.extend(value.values() if isinstance(value, dict) else value)
