"""How unlikely a word is: 0 is one that the customer's country may well have."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from .languages import alphabets, characters, script, speakers

FOREIGN = 1.0
ODD_PAIR = 1.5
_UNUSUAL = 1.0
_UNCOMMON = 0.75
_ODD_JOINT = 2.5
_EDGE = 0.5
# No language has these letters, or not in this way.
ABSURD = 8.0
_ODD_AT_MOST = 6.0
_OUTSIDE = re.compile(r"[\x00-\x40\[\\\]^_`{|}~·‐‑]+")
_JOINTS = re.compile("([’‘ʼ–—\xa0\xad])")
_OPENING, _CLOSING = '«„“‘‚‹"(', '»“”’›"),…®™©'
_PREFIXES = {*("o", "d", "l", "m", "n", "t", "s", "c", "k", "all", "dall", "dell", "sant", "ó")}
_CAPITAL_FOLLOWS = {"Mc", "Mac", "De", "Di", "La", "Le", "h", "n", "t"}
# Hebrew's hyphen, which is none in a Latin word.
_MAQAF = re.compile("(?<=[\u05d0-\u05ea])\u05be(?=[\u05d0-\u05ea])")
# Ukrainian has an apostrophe within words.
_IN_CYRILLIC = re.compile("(?<=[\u0400-\u052f])[’ʼ](?=[\u0400-\u052f])")
_ORDINAL = re.compile(r"(?:\d*|[A-Z])[ªº]s?")
_EAST = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC"}
_PLAIN_SYMBOLS = set("–—…°§©®™«»„“”‘’‚‹›€£¥•½¼¾²³№、。・")


def words(text: str) -> Iterator[str]:
    """Yield the words that have a letter or symbol beyond ASCII."""
    for word in _OUTSIDE.split(_MAQAF.sub(" ", unicodedata.normalize("NFC", text))):
        if word and not word.isascii():
            yield word


@dataclass(frozen=True, slots=True)
class Price:
    """How unlikely a word is, and how much less so if the file is in a certain language.

    `unusual` is what is added where the encoding was not made for the language.
    """

    cost: float
    unusual: float = 0.0
    savings: tuple[tuple[str, float], ...] = ()


@lru_cache(maxsize=20_000)
def price(word: str, own: frozenset[str], usual: frozenset[str]) -> Price:
    """Return how unlikely the word is for a customer in whose country `own` is spoken.

    `usual` are the languages that the encoding was made for.
    """
    core = _IN_CYRILLIC.sub("", word.lstrip(_OPENING).rstrip(_CLOSING))
    found = _EDGE * (len(word) - len(core))
    if core.isascii() or _ORDINAL.fullmatch(core) or set(core) <= _PLAIN_SYMBOLS:
        return Price(found)
    parts = _JOINTS.split(core)
    for before, joint, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        if joint in "\xa0\xad" or (before.lower() not in _PREFIXES and after != "s"):
            found += _ODD_JOINT
    unusual = 0.0
    savings: defaultdict[str, float] = defaultdict(float)
    for part in parts[::2]:
        if part.isascii():
            continue
        oddities = _oddities(part) or {"": ABSURD}
        costs = {name: odd + FOREIGN * (name not in own) for name, odd in oddities.items()}
        cost = min(costs.values())
        unusual += min(each + _UNUSUAL * (name not in usual) for name, each in costs.items()) - cost
        for name, odd in oddities.items():
            savings[name] += max(0.0, cost - odd)
        found += cost
    if found >= ABSURD:
        return Price(ABSURD)
    return Price(found, unusual, tuple(savings.items()))


def _oddities(part: str) -> dict[str, float]:
    """Return how odd a word would be in each of the languages that have its letters."""
    if not part.isalpha() and any(_stands_wrong(part, at) for at in range(len(part))):
        return {}
    scripts = {script(char) for char in part if char.isalpha()} - {"MODIFIER"}
    if not scripts.isdisjoint(_EAST):
        if not scripts <= _EAST:
            return {}
        return {
            name: sum(_oddity(name, char) for char in {*part} - known)
            for name, known in characters().items()
        }
    if len(scripts) != 1 or _is_cased_oddly(part):
        return {}
    word = f"^{part.replace('İ', 'i').lower()}$"
    special = {char for char in word if not char.isascii()}
    # Of a dotted capital I the small letter is plain.
    able = frozenset.intersection(*map(speakers, special)) if special else frozenset({"tr"})
    pairs = {pair for pair in map("".join, pairwise(word)) if not pair.isascii()}
    return {name: min(alphabets()[name].oddity(pairs) * ODD_PAIR, _ODD_AT_MOST) for name in able}


def _stands_wrong(word: str, at: int) -> bool:
    """Whether a mark, or a symbol beside letters, is where none can be."""
    char = word[at]
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cn", "Co"):
        return True
    if kind[0] == "M":
        # In Latin letters NFC has put all that can be into their letter.
        return at == 0 or script(word[at - 1]) in ("LATIN", "CYRILLIC")
    return kind[0] != "L"


def _is_cased_oddly(word: str) -> bool:
    """Whether a letter beyond ASCII is a capital within a word, or small among capitals."""
    if word.isupper() or word.islower():
        return False
    for at in range(1, len(word)):
        char = word[at]
        if char.isascii():
            continue
        if char.isupper() and word[:at] not in _CAPITAL_FOLLOWS:
            return True
        if char.islower() and char not in "ßı":
            after = word[at + 1 : at + 2].isupper()
            if after or (at > 1 and word[at - 1].isupper()):
                return True
    # A small letter at the beginning, and capitals after it.
    return word[0].islower() and not word[0].isascii() and not word[1:].islower()


@cache
def _oddity(language: str, char: str) -> float:
    """Return how odd a character is that no name of our lists has."""
    if language == "ja" and ("\u3041" <= char <= "\u30fe" or char in "々〆"):
        return 0.0
    encoding, lead = _COMMON[language]
    code = char.encode(encoding, errors="ignore")
    return _UNCOMMON if len(code) > 1 and code[0] in lead else ODD_PAIR


# The first levels of the national standards hold what most names are written with.
_COMMON = {
    "zh-hans": ("gb2312", range(0xB0, 0xD8)),
    "zh-hant": ("big5", range(0xA4, 0xC7)),
    "ja": ("shift_jis", range(0x88, 0x98)),
    "ko": ("euc_kr", range(0xB0, 0xC9)),
}
