"""Invisible characters: which they are, and text without them."""

import unicodedata

# Categories of characters that are nothing to see: controls, formats, half characters, breaks.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters by category, but drawn as nothing.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Persian and the scripts of India spell with these, between letters.
_JOINERS = frozenset("\u200c\u200d")
_SPACES = frozenset("\t\n\v\f\r\x85\u2028\u2029")


def visible(text: str) -> tuple[str, list[str]]:
    """Return the text without invisible characters, and the names of those that were taken out.

    Line breaks and tabs become spaces, which is no loss to tell of.
    """
    if text.isprintable() and _FILLERS.isdisjoint(text):
        # Nearly all text: a file has a million cells.
        return text.strip(), []
    kept: list[str] = []
    removed: list[str] = []
    for at, char in enumerate(text):
        if char in _SPACES:
            kept.append(" ")
        elif (unicodedata.category(char) in _UNSEEN or char in _FILLERS) and not (
            char in _JOINERS and _joins(text, at)
        ):
            removed.append(name_of(char))
        else:
            kept.append(char)
    return "".join(kept).strip(), list(dict.fromkeys(removed))


def name_of(char: str) -> str:
    name = unicodedata.name(char, "").lower()
    return f"U+{ord(char):04X} ({name})" if name else f"U+{ord(char):04X}"


def _joins(text: str, at: int) -> bool:
    around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return len(around) == 2 and all(
        not char.isascii() and unicodedata.category(char)[0] in "LM" for char in around
    )
