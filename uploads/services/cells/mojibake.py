"""Letters that were lost or garbled before the file was saved, inside of an encoding that is right.

"JosÃ©" is José, saved as UTF-8 and read as Windows-1252; "M?ller" was saved without its ü.
"""

import html
import re

from django.utils.translation import gettext as _

from ..entries import ReadRow

# Where UTF-8 was read as one of these: what begins a letter, and what goes on with it.
_READ_AS = ("windows-1252", "latin-1", "windows-1250", "windows-1251", "mac-roman", "cp850")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d?);")
_ASKED = re.compile(r"[^\W\d_]\?[^\W\d_]|\?[^\W\d_]{2}")
_ADDRESS = re.compile(r"://|\?[\w-]+=")
_TWICE = 3


def repaired(text: str) -> str | None:
    """Return the text as it was meant; None where nothing is garbled, or it can't be told."""
    found = text
    for _time in range(_TWICE):
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
    if text.isascii():
        return text
    for encoding in _READ_AS:
        try:
            content = b"".join(
                bytes([ord(char)]) if "\x80" <= char <= "\x9f" else char.encode(encoding)
                for char in text
            )
            better = content.decode()
        except UnicodeError:
            continue
        # Shorter, as each letter had become two; and of letters, as a name is.
        if len(better) < len(text) and better.isprintable():
            return better
    return text


def note_garbled(entry: ReadRow, column: str, cell: str) -> bool:
    """Return whether the letters of a cell are garbled; the entry is told, and of the right ones.

    The cell is taken as it stands all the same.
    """
    # Of most cells one look says it.
    if cell.isascii() and "?" not in cell and "&" not in cell:
        return False
    if (better := repaired(cell)) is not None:
        text = _("The letters are garbled. They were probably meant to be %(right)s.")
        entry.note(column, text % {"right": better}, better)
    elif "\ufffd" in cell or (_ASKED.search(cell) and not _ADDRESS.search(cell)):
        text = _("A letter was lost before the file was saved. Write the value here again.")
        entry.note(column, text)
    else:
        return False
    return True
