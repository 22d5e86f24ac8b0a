"""Names as digits, which sort as the names do in the country of their customer.

A list sorts by one stored column of one index, and the order of letters is the country's: Å comes
after Z in Sweden and beside A in Germany. Digits sort alike under every collation that a database
may have. All names of a customer are written by one order: digits of two are not to be compared.

First come spaces, hyphens, marks and figures, then the country's own alphabet, two digits a letter.
After the letters stand a 0 and the accents, which count where all letters are alike.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from customers.folding import APOSTROPHES, fold

from .alphabets import (
    ACCENTS,
    ANOTHER_ACCENT,
    HAN_FIRST,
    NUMBERED,
    OWN_BLOCK,
    alphabets_of,
)

LENGTH = 1024
_SPACE, _HYPHEN, _APOSTROPHE, _MARK = "10", "11", "12", "13"
# From 14 on are figures. Behind the country's alphabet two digits say which, and two the letter.
_FIGURES, _OWN, _ALPHABETS = 14, 24, 86
_OTHER, _NUMBERED, _HAN = "93", "95", "97"
_PLAIN, _STROKE = "1", "8"
_IDEOGRAPHS = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x32000))
# Vowels that are written before the letter behind which they count.
_BEFORE = re.compile("([เ-ไເ-ໄ])([ก-ฮກ-ຮ])")
# The digits of a letter, and a digit for its accent; several where it stands for several letters.
Place = tuple[str, str]


def sort_key(name: str, country: str) -> str:
    """Return the digits by which the name stands in the lists of a customer of this country."""
    order = _order(country.upper())
    if name.isascii():
        return "".join(map(order.letters.__getitem__, order.prepared(name)))[:LENGTH]
    text = order.prepared(unicodedata.normalize("NFKC", name))
    letters = "".join(map(order.letters.__getitem__, text))
    accents = "".join(map(order.accents.__getitem__, text)).rstrip(_PLAIN)
    return (f"{letters}0{accents}" if accents else letters)[:LENGTH]


class _Found(dict[str, str]):
    """What a character becomes, found out when it is first met."""

    def __init__(self, find: Callable[[str], str]) -> None:
        self.find = find

    def __missing__(self, char: str) -> str:
        self[char] = found = self.find(char)
        return found


class _Order:
    """The order of a country, which grows with the characters that it has met."""

    def __init__(self, country: str) -> None:
        self.numbers = NUMBERED.get(country, "")
        self.block = range(*OWN_BLOCK.get(country, (0, 0)))
        self.han_first = country in HAN_FIRST
        self.dotless = country in {"TR", "AZ"}
        self.places: dict[str, Place] = {}
        for number, (is_own, groups) in enumerate(alphabets_of(country)):
            in_front = is_own and not self.block and not self.han_first
            for at, group in enumerate(groups):
                digits = str(_OWN + at) if in_front else f"{_ALPHABETS + number}{at:02}"
                places = {letter: (digits, str(accent)) for accent, letter in enumerate(group, 1)}
                self.places |= places
        several = [letter for letter in self.places if len(letter) > 1]
        self.several = {text: chr(0xE000 + at) for at, text in enumerate(several)}
        for text, sign in self.several.items():
            self.places[sign] = self.places.pop(text)
        if country == "HU":
            # Two of a letter share what they have in common: ssz is sz and sz.
            self.several |= {text[0] + text: sign * 2 for text, sign in self.several.items()}
        longest = sorted(self.several, key=len, reverse=True)
        self.pattern = re.compile("|".join(longest)) if longest else None
        self.letters = _Found(lambda char: self.place(char)[0])
        self.accents = _Found(lambda char: self.place(char)[1])

    def prepared(self, text: str) -> str:
        """Return the text in small letters, with one sign for those of several characters."""
        if self.dotless:
            text = text.replace("I", "ı").replace("İ", "i")
        small = " ".join(text.casefold().split())
        if self.pattern is not None:
            small = self.pattern.sub(lambda found: self.several[found.group()], small)
        if small.isascii():
            return small
        return _BEFORE.sub(r"\2\1", unicodedata.normalize("NFC", small))

    def place(self, char: str) -> Place:
        if char in self.places:
            return self.places[char]
        if (mark := _mark(char)) is not None:
            return mark
        parts = [chr(int(code, 16)) for code in unicodedata.decomposition(char).split()]
        if parts:
            digits, accent = self.place(parts[0])
            return digits, max(accent, *(self.place(part)[1] for part in parts[1:]))
        folded = fold(char)
        if folded not in {"", char}:
            digits = "".join(self.place(letter)[0] for letter in folded)
            return digits, _STROKE + _PLAIN * (len(folded) - 1)
        return self._elsewhere(char), _PLAIN

    def _elsewhere(self, char: str) -> str:
        """Return the digits of a character of no alphabet that is known here."""
        code = ord(char)
        if code in self.block:
            return f"{_OWN}{code - self.block.start:05}"
        if any(code in block for block in _IDEOGRAPHS):
            try:
                number = int.from_bytes(char.encode(self.numbers or "ascii"), "big")
            except UnicodeEncodeError:
                return f"{_HAN}{code:07}"
            return f"{_OWN if self.han_first else _NUMBERED}{number:05}"
        # Both kinds of kana sort as one.
        return f"{_OTHER}{code + 0x60 if 0x3041 <= code <= 0x3096 else code:07}"


_order = cache(_Order)


def _mark(char: str) -> Place | None:
    """Return the place of what is no letter; None for a letter."""
    kind = unicodedata.category(char)
    if char.isspace():
        return _SPACE, _PLAIN
    if unicodedata.combining(char):
        return "", ACCENTS.get(char, ANOTHER_ACCENT)
    if kind == "Pd" or char == "−":
        return _HYPHEN, _PLAIN
    if char in APOSTROPHES:
        return _APOSTROPHE, _PLAIN
    if kind == "Nd":
        return str(_FIGURES + unicodedata.decimal(char)), _PLAIN
    if kind[0] in "PSZ":
        return f"{_MARK}{ord(char):06}", _PLAIN
    return ("", "") if kind in {"Cf", "Cc", "Cs"} else None
