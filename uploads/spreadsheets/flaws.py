"""Cells that a spreadsheet program filled with something other than a value, told by their text.

By the text alone, so that a row kept in the database can be judged again.
"""

import re
from typing import Literal

Flaw = Literal["error-value", "no-result", "digits-lost", "too-narrow"]

# What is read of a formula whose result was not stored.
NO_RESULT = "#FORMULA!"
_LONGEST = 40
# In the language of the program too: #VALUE!, #BEZUG!, #ИМЯ?, and those without a mark at the end.
_ERROR = re.compile(r"#[¡¿]?[^\W_][\w/]*[!?]")
_UNMARKED = {
    *("#N/A", "#NV", "#N/D", "#N/B", "#I/T", "#N/V", "#YOK", "#Н/Д", "#GETTING_DATA"),
    *("#NENÍ_K_DISPOZICI", "#HIÁNYZIK", "#H/N"),
}
_OF_LIBREOFFICE = re.compile(r"Err:5\d\d")
_SHORTENED = re.compile(r"[+-]?(\d)(?:[.,](\d+))?E\+(\d{2,3})")
_NARROW = re.compile("#{3,}")


def flaw_of(cell: str) -> Flaw | None:
    """Return what is wrong with a cell whose value got lost before the file was saved."""
    # Of most cells the first character says it: no one of these.
    if cell[:1] not in _FIRST or len(cell) > _LONGEST:
        return None
    text = cell.strip()
    if text == NO_RESULT:
        return "no-result"
    if _NARROW.fullmatch(text):
        return "too-narrow"
    if _UNMARKED.intersection([text]) or _OF_LIBREOFFICE.fullmatch(text):
        return "error-value"
    if _ERROR.fullmatch(text) and text.isupper():
        return "error-value"
    shortened = _SHORTENED.fullmatch(text.upper())
    if shortened and int(shortened[3]) > len(shortened[2] or ""):
        return "digits-lost"
    return None


_FIRST = frozenset("#E+-0123456789 \t\xa0")
