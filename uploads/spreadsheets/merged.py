"""Cells that are merged over rows: each of these rows shows the value that the first one has."""

import re
from collections.abc import Iterable

from .archives import swollen
from .tables import COLUMN_LIMIT, ROW_LENGTH, TEXT_LIMIT

# Of one sheet.
_LIMIT = 200_000
# Of an .xlsx sheet: they stand behind the rows for which they are needed.
_ELEMENT = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^>]{0,100}?\bref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):[A-Za-z]{1,3}(\d{1,7})[\"']"
)
_LONGEST = 200


class Merged:
    """The merged cells of one sheet, and those of them that the row at hand is within.

    Of several columns that are merged, the value is in the first one alone, as in its first row.
    """

    def __init__(self) -> None:
        self.number = self.length = 0
        # By the row that they begin in: by their column, the last row.
        self.begin: dict[int, dict[int, int]] = {}
        # By their column: the last row, and the value.
        self.within: dict[int, tuple[int, str]] = {}

    def add(self, first: int, last: int, column: int) -> None:
        """Add a cell that is merged over these rows; columns count from 0."""
        if first >= last or column >= COLUMN_LIMIT:
            return
        self.number += 1
        if self.number > _LIMIT:
            raise swollen()
        self.begin.setdefault(first, {})[column] = last

    def fill(self, number: int, cells: list[str]) -> list[str]:
        """Return the row's cells with the values from above. A row with none of its own stays so:
        as a rule it is one of a title.
        """
        begun = self.begin.pop(number, {})
        if not begun and not self.within:
            return cells
        self.within = {at: held for at, held in self.within.items() if held[0] >= number}
        filled = cells
        if self.within and any(cells):
            filled = [*cells, *[""] * (max(self.within) + 1 - len(cells))]
            for at, (_last, text) in self.within.items():
                if not filled[at]:
                    filled[at] = text
                    self.length += len(text)
            if self.length > TEXT_LIMIT or sum(map(len, filled)) > ROW_LENGTH:
                raise swollen()
        for at, last in begun.items():
            if at < len(cells) and cells[at]:
                self.within[at] = (last, cells[at])
        return filled


def merged_in(chunks: Iterable[bytes]) -> Merged:
    """Return the merged cells of an .xlsx sheet, found without reading its rows."""
    merged, rest = Merged(), b""
    for chunk in chunks:
        text, end = rest + chunk, 0
        # Looked for letter by letter, the few would take a part of the time of all rows.
        for found in _ELEMENT.finditer(text) if b"mergeCell" in text else ():
            end = found.end()
            letters, first, last = found.groups()
            merged.add(int(first), int(last), column_of(letters.decode()))
        rest = text[max(end, len(text) - _LONGEST) :]
    return merged


def column_of(letters: str) -> int:
    """Return the column of a cell's letters, from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
