"""Cells that a spreadsheet program filled with something other than a value, told by their text.

By the text alone, so that a row kept in the database can be judged again.
"""

import re
from collections.abc import Sequence
from typing import Literal

from customers.invisible import visible
from customers.spreadsheet_files import typed_value

Flaw = Literal["error-value", "no-result", "two-values", "digits-lost", "too-narrow"]

# What is read of a formula whose result was not stored.
NO_RESULT = "#FORMULA!"
# And of a cell that is there twice, with one value and with another.
TWO_VALUES = "#TWICE!"
# Marks of ours, which no user has written or seen.
MARKS: dict[str, Flaw] = {NO_RESULT: "no-result", TWO_VALUES: "two-values"}
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
    # Of most cells the first character says it: none of these, and to be seen.
    if (cell[:1] not in _FIRST and cell[:1].isprintable()) or len(cell) > _LONGEST:
        return None
    text = visible(cell)[0]
    if text in MARKS:
        return MARKS[text]
    if _NARROW.fullmatch(text):
        return "too-narrow"
    if text in _UNMARKED or _OF_LIBREOFFICE.fullmatch(text):
        return "error-value"
    if _ERROR.fullmatch(text) and text.isupper():
        return "error-value"
    shortened = _SHORTENED.fullmatch(text.upper())
    if shortened and int(shortened[3]) > len(shortened[2] or ""):
        return "digits-lost"
    return None


_FIRST = frozenset("#E+-0123456789 ")


def typed_cells(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row of a file that may be ours, as they were before it was written.

    But a ' stays before a text that would be taken for a flaw: `kept_text` takes it away.
    """
    return [typed_value(cell) if cell[:1] == "'" and not _is_kept(cell) else cell for cell in cells]


def kept_text(cell: str) -> str:
    """Return the text of a cell in which a ' says that it is no flaw, but meant like that."""
    return cell[1:] if cell[:1] == "'" and _is_kept(cell) else cell


def _is_kept(cell: str) -> bool:
    return flaw_of(cell.lstrip("'")) is not None
