"""What each letter folds to: made of texts that are stored, and of words that are looked for."""

import re
import unicodedata

# Quotes that names are written with, in place of an apostrophe or of a letter.
APOSTROPHES = frozenset("'`´ʹʺʻʼʽʾʿˈˊˋ‘’‚‛′‵΄᾽᾿῾՚׳ꞌ＇")
# What is written in place of a hyphen: other hyphens, dashes and the minus.
HYPHENS = frozenset("‐‑‒–—―−⁃﹘﹣－")
# The dot of Catalan's l·l, Arabic's stretching stroke, minus, selectors of a variant.
_INSIDE = frozenset("·‧\u0387\u0640−") | {chr(code) for code in range(0xFE00, 0xFE10)}
# Between words, besides all kinds of brackets and of quotation marks.
_BETWEEN = frozenset('"<>,;،؛、，；・･፣՝')
# Letters that are not a letter with a mark to Unicode.
_LETTERS = {
    **dict(zip("ıȷðŋĸəǝɛɔɑɩʊʋɣʃʒƿȝƣ", "ijdnkeeeoaiuvgszwyg", strict=True)),
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    # Arabic and its sisters: one letter, as each keyboard has it.
    **dict.fromkeys("ىیېے", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةہھە", "ه"),
    "ٱ": "ا",
    "ء": "",
    # Cyrillic that neighbours write with an accent or another letter.
    "ґ": "г",
    "ѐ": "е",
    "ѝ": "и",
}
# Letters that Germans, Austrians, the Swiss, Danes and Norwegians also write as two, as in an
# address: such a name is found by both ways of writing it.
SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_AS_TWO = str.maketrans(SPELLED_OUT)
# Hyphens and dashes, formats, controls that are no spaces; brackets and quotation marks.
_UNSEEN, _BRACKETS = {"Pd", "Cf"}, {"Ps", "Pe", "Pi", "Pf"}
_WITH = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH ")


class _Folded(dict[int, str | None]):
    """What each character becomes, for str.translate: found out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _folded(chr(code)) or None
        return folded


def _folded(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char.lower()
    if char in _LETTERS:
        return _LETTERS[char]
    parts = unicodedata.normalize("NFKD", char).casefold()
    # An accent that stands alone is a space with a mark to Unicode.
    if parts != char and char not in APOSTROPHES:
        return "".join(map(_folded, parts))
    kind = unicodedata.category(char)
    if unicodedata.combining(char) or kind in _UNSEEN or char in APOSTROPHES | _INSIDE:
        return ""
    if char.isspace() or char in _BETWEEN or kind in _BRACKETS:
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    with_mark = _WITH.match(unicodedata.name(char, ""))
    return with_mark.group(1).lower() if with_mark else char


_FOLDED = _Folded()
# The same for bytes, which takes a tenth of the time: most names of an upload are ASCII alone.
_ASCII = bytes(ord(_folded(chr(code)) or "\0") for code in range(128)) + bytes(128)
_GONE = bytes(code for code in range(128) if not _folded(chr(code)))


def fold(text: str) -> str:
    """Return the text for searching: no case, no accents, no apostrophes and hyphens.

    One space is between words. ł, ø, đ and their like are the letters that they look like.
    """
    if text.isascii():
        return " ".join(text.encode().translate(_ASCII, _GONE).decode().split())
    bare = text.casefold().translate(_FOLDED)
    if not bare.isascii():
        # Letters whose parts are letters too, as of Korean.
        bare = unicodedata.normalize("NFKC", bare).casefold()
    return " ".join(bare.split())


def spelled_out(text: str) -> str:
    """Return the text with two letters for one that is also written as two, such as ue for ü."""
    small = unicodedata.normalize("NFC", text).casefold()
    two = small.translate(_AS_TWO)
    return text if two == small else two


def folded_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a search, each once.

    Of a text that folds to nothing, such as a hyphen, one word remains that no text has: a search
    finds nobody then, and not everybody.
    """
    words = dict.fromkeys(fold(text).split())
    return tuple(words) or tuple(text.split()[:1])
