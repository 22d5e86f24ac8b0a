"""UTF-16 without a mark: in which order the two bytes of its letters stand."""

import codecs
import re
import unicodedata
from typing import IO

_CHUNK = 1 << 20
_LINE_BREAKS = frozenset("\r\n")
# What a text may have beside characters that are seen: the last one is an old end of a file.
_LAYOUT = _LINE_BREAKS | frozenset("\t\x1a")
_NO_LETTERS = frozenset({"Cc", "Cn", "Co"})
_WORD = re.compile("[A-Za-z0-9@._-]{3}")


def find_order(file: IO[bytes]) -> str:
    """Return the encoding in which the whole file is a text, "" where it is none or could be two.

    Only what nothing else is saved as is taken for one. A line break or a word that is read the
    wrong way round is none.
    """
    orders = [name for name in ("utf-16-le", "utf-16-be") if is_text(file, name)]
    return orders[0] if len(orders) == 1 else ""


def is_text(file: IO[bytes], encoding: str) -> bool:
    """Whether the file has a line break, a word in ASCII, and no character that is none."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    seen, has_word, rest, chunk = set[str](), False, "", b"begin"
    file.seek(0)
    try:
        while chunk:
            chunk = file.read(_CHUNK)
            text = rest + decoder.decode(chunk, final=not chunk)
            seen.update(text)
            has_word = has_word or _WORD.search(text) is not None
            rest = text[-2:]
    except UnicodeDecodeError:
        return False
    strange = any(unicodedata.category(char) in _NO_LETTERS for char in seen - _LAYOUT)
    return has_word and not strange and not seen.isdisjoint(_LINE_BREAKS)
