"""Folded words in texts that are not folded, such as names in the log, which are sealed."""

import re
import unicodedata
from functools import cache

from django.db.models import Q

from .letters import SPELLED_OUT, fold, folded_words

# So many letters leave few rows to look at for the whole word.
CORE = 3


def has_words(field: str, text: str) -> Q:
    """Return the condition that a field, not folded, has every word of the text."""
    return Q(*(has_word(field, word) for word in folded_words(text)))


def has_word(field: str, word: str) -> Q:
    """Return the condition that a field, not folded, has the folded word.

    It asks for letters in its middle by themselves: the whole word takes PostgreSQL several times
    as long for each row. In the middle of a domain, few have the same letters.
    """
    letters, between = _letters(word)
    whole = Q((f"{field}__regex", folded_pattern(word)))
    if len(letters) <= CORE:
        return whole
    start = (len(letters) - CORE) // 2
    return Q((f"{field}__regex", between.join(letters[start : start + CORE]))) & whole


def folded_pattern(word: str) -> str:
    """Return a regular expression that finds the folded word in a text that is not folded.

    A letter that is also written as two is found by both. The expression means the same to
    PostgreSQL and to Python, which SQLite asks.
    """
    letters, between = _letters(word)
    return between.join(letters)


def _letters(word: str) -> tuple[list[str], str]:
    """Return the expressions for its letters, one by one, and for what may stand between them."""
    spellings = _spellings()
    between = f"{spellings['']}*"
    found, at = [], 0
    while at < len(word):
        pair = word[at : at + 2]
        letters = [spellings.get(char) or re.escape(char) for char in pair]
        if len(pair) == 2 and pair in spellings:
            found.append(f"(?:{between.join(letters)}|{spellings[pair]})")
        else:
            found.append(letters[0])
            pair = pair[:1]
        at += len(pair)
    return found, between


# Where letters are that fold to others: all alphabets and their marks, and forms of other widths.
_BLOCKS = (range(0x21, 0x3100), range(0xA640, 0xA800), range(0xFB00, 0xFFF0))


@cache
def _spellings() -> dict[str, str]:
    """Return a class of characters for each folded letter, or two: all that fold to it.

    For "" those that may stand anywhere between letters. Of two letters that are also written as
    one with a mark, that letter and its mark are an alternative to the class.
    """
    found: dict[str, set[int]] = {}
    for letter, two in SPELLED_OUT.items():
        found[two] = found.get(two, set()) | {ord(letter), ord(letter.upper())}
    for code in (code for block in _BLOCKS for code in block):
        folded = fold(chr(code))
        if len(folded) < 3 and unicodedata.category(chr(code)) != "Cn":
            # Ideographs are in no block: only forms of them that are written otherwise.
            itself = {ord(folded)} if len(folded) == 1 else set()
            found.setdefault(folded, itself).add(code)
    classes = {}
    for folded, codes in found.items():
        # What lies between two that are in it, too, is left to a range.
        ends = [code for code in sorted(codes) if not {code - 1, code + 1} <= codes]
        marks = ["-" if {code + 1, code + 2} <= codes else "" for code in ends]
        signs = [f"\\{chr(code)}" if chr(code) in "\\]^-[" else chr(code) for code in ends]
        classes[folded] = f"[{''.join(map(str.__add__, signs, marks))}]"
    for letter, two in SPELLED_OUT.items():
        apart = unicodedata.normalize("NFD", letter)
        if len(apart) > 1:
            classes[two] += f"|{classes[apart[0]]}{apart[1]}"
    return classes
