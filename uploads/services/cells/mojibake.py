"""Letters that were lost or garbled before the file was saved, inside of an encoding that is right.

"JosÃ©" is José, saved as UTF-8 and read as Windows-1252; "M?ller" was saved without its ü.
"""

import html
import re
from collections.abc import Callable

from customers.said import gettext as _

from ..entries import ReadRow

# What UTF-8 was read as, the most usual first.
_READ_AS = ("windows-1252", "latin-1", "windows-1250", "windows-1251", "mac-roman", "cp850")
# In UTF-8 no byte beyond ASCII stands between two of ASCII, whose letters all code pages share.
_ALONE = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x7f](?![^\x00-\x7f])")
_LEFT_OPEN = re.compile(r"[\x80-\x9f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d?);")
_ASKED = re.compile(r"[^\W\d_]\?[^\W\d_]|\?[^\W\d_]{2}")
_ADDRESS = re.compile(r"://|\?[\w-]+=")
# So often over, a text was saved as UTF-8 and read as something else.
_TIMES = 3
# Causes of warnings: the letters that were meant are known, or are not.
GARBLED = "garbled"
LETTER_LOST = "letter-lost"


def repaired(text: str) -> str | None:
    """Return the text as it was meant; None where nothing is garbled, or it can't be told."""
    found = text
    for _time in range(_TIMES):
        better = _decoded(found)
        if _ENTITY.search(better):
            better = html.unescape(better)
        if better == found:
            break
        found = better
    is_better = found != text and "\ufffd" not in found and found.isprintable()
    return found if is_better else None


def _decoded(text: str) -> str:
    """Undo that UTF-8 was read as something else.

    As most programs do: what a code page leaves open stands for itself.
    """
    if text.isascii() or _ALONE.search(text):
        return text
    left_open = _LEFT_OPEN.search(text) is not None
    for encoding in _READ_AS:
        try:
            content = _bytes_of(text, encoding) if left_open else text.encode(encoding)
            better = content.decode()
        except UnicodeError:
            continue
        # Shorter, as each letter had become two; and of letters, as a name is.
        if len(better) < len(text) and better.isprintable():
            return better
    return text


def _bytes_of(text: str, encoding: str) -> bytes:
    parts = (
        bytes([ord(char)]) if _LEFT_OPEN.match(char) else char.encode(encoding) for char in text
    )
    return b"".join(parts)


def lacks_letter(text: str) -> bool:
    """Whether a letter was lost, for which there is a mark instead."""
    return "\ufffd" in text or bool(_ASKED.search(text) and not _ADDRESS.search(text))


def note_garbled(entry: ReadRow, column: str, cell: str, *, fits: Callable[[str], bool]) -> bool:
    """Return whether the letters of a cell are garbled; the entry is told, and of the right ones.

    The cell is taken as it stands all the same. What would not fit the column is not suggested.
    """
    # Of most cells one look says it.
    if cell.isascii() and "?" not in cell and "&" not in cell:
        return False
    if (better := repaired(cell)) is not None:
        text = _("The letters are garbled. They were probably meant to be %(right)s.")
        told = {"suggestion": better, "cause": GARBLED} if fits(better) else {}
        entry.note(column, text % {"right": better}, **told)
    elif lacks_letter(cell):
        text = _("A letter was lost before the file was saved. Enter the value again.")
        entry.note(column, text, cause=LETTER_LOST)
    else:
        return False
    return True
