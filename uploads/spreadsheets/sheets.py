"""The rows of one sheet of a workbook, cell by cell as text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from customers.query_params import read_number

from .archives import damaged, swollen
from .flaws import NO_RESULT, TWO_VALUES
from .layout.choosing import Hidden
from .markup import parse
from .merged import column_of
from .shown.numbers import PLAIN, Format, number_text
from .strings import SharedStrings, unescaped
from .tables import COLUMN_LIMIT, LAST_ROW, ROW_LENGTH, TEXT_LIMIT

_REFERENCE = re.compile(r"([A-Za-z]{1,3})\d*")
# A text; the place of one among the shared ones; or such a place between what its format adds.
_Cell = str | int | tuple[str, int, str]
_NOTHING = ("", "")
_TRUTH = {"0": "FALSE", "1": "TRUE"}


def sheet_rows(
    chunks: Iterable[bytes],
    strings: SharedStrings,
    shown: Sequence[Format],
    hidden: Hidden,
    *,
    from_1904: bool,
) -> Iterator[tuple[int, list[str]]]:
    """Yield each row and its number, those without a value too: they take time as well.

    One that is left out because it is hidden comes without its cells.
    """
    sheet = _Sheet(shown, hidden, from_1904=from_1904)
    length = 0
    for _chunk in parse(chunks, sheet):
        rows, sheet.rows = sheet.rows, []
        for number, found in rows:
            cells = _texts(found, strings)
            length += sum(map(len, cells))
            if length > TEXT_LIMIT:
                raise swollen()
            yield number, cells


def _texts(found: Sequence[_Cell], strings: SharedStrings) -> list[str]:
    """Return the texts of a row; many cells may point to one long text, and no row is too long."""
    cells, length = list[str](), 0
    for cell in found:
        if isinstance(cell, str):
            text = cell
        elif isinstance(cell, int):
            text = strings[cell]
        else:
            before, at, after = cell
            text = f"{before}{strings[at]}{after}"
        length += len(text)
        if length > ROW_LENGTH:
            raise damaged()
        cells.append(text)
    return cells


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get("hidden", "") in {"1", "true"}


class _Sheet:
    """Gathers rows while the parser walks the sheet.

    A text that cells point to stays where it is, as its number, until its row's turn comes: in a
    few kilobytes of a sheet there are thousands of cells.
    """

    def __init__(self, shown: Sequence[Format], hidden: Hidden, *, from_1904: bool) -> None:
        self.rows: list[tuple[int, list[_Cell]]] = []
        self.shown = shown
        self.adds_to_texts = any(each.around != _NOTHING for each in shown)
        self.hidden = hidden
        self.is_hidden = False
        self.from_1904 = from_1904
        self.number = 0
        self.column = -1
        self.cells: dict[int, _Cell] = {}
        self.length = 0
        self.cell: Mapping[str, str] = {}
        self.parts: list[str] = []
        self.inside = self.has_formula = self.pronounced = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "v":
            self.inside = True
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes.get("r", ""))
            self.is_hidden = _is_hidden(attributes) and not self.hidden.taken
        elif name == "t":
            self.inside = not self.pronounced
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.pronounced = True
        elif name == "col" and _is_hidden(attributes):
            # They come before the rows.
            first, last = (read_number(attributes.get(end, "")) or 0 for end in ("min", "max"))
            self.hidden.hide(range(max(first, 1) - 1, min(last, COLUMN_LIMIT)))

    def end(self, name: str) -> None:
        self.inside = False
        if name == "c":
            text: _Cell | None = None
            if self.parts:
                text = self._value("".join(self.parts))
            elif self.has_formula and self.cell.get("t", "n") != "str":
                # The result of one that gives an empty text is a text.
                text = NO_RESULT
            if text is not None:
                # What stands still further right is beyond the headings all the same.
                at = min(self.column, COLUMN_LIMIT)
                # Programs don't agree on which value of a cell that is there twice they show.
                is_one = at == COLUMN_LIMIT or self.cells.get(at, text) == text
                self.cells[at] = text if is_one else TWO_VALUES
        elif name == "row":
            if self.is_hidden and self.cells:
                self.hidden.found.hidden_rows += 1
                self.cells = {}
            width = max(self.cells, default=-1) + 1
            self.rows.append((self.number, [self.cells.get(at, "") for at in range(width)]))
            self.cells = {}
        elif name == "rPh":
            self.pronounced = False

    def text(self, data: str) -> None:
        self.parts.append(data)
        self.length += len(data)
        if self.length > ROW_LENGTH:
            raise damaged()

    def _begin_row(self, named: str) -> None:
        given = read_number(named)
        number = self.number + 1 if given is None else given
        if not self.number < number <= LAST_ROW:
            raise damaged()
        self.number, self.column, self.cells, self.length = number, -1, {}, 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = _REFERENCE.match(attributes.get("r", ""))
        if reference is None:
            self.column += 1
        else:
            self.column = column_of(reference[1])
        self.cell, self.parts = attributes, []
        self.has_formula = False

    def _value(self, stored: str) -> _Cell:
        kind = self.cell.get("t", "n")
        if kind == "s":
            # The place of a text among the shared ones.
            place = read_number(stored.strip())
            if place is None:
                raise damaged()
            around = self._format().around if self.adds_to_texts else _NOTHING
            return place if around == _NOTHING else (around[0], place, around[1])
        if kind == "n":
            text = number_text(stored, self._format(), from_1904=self.from_1904)
        elif kind == "b":
            text = _TRUTH.get(stored.strip(), stored)
        else:
            text = unescaped(stored)
            if self.adds_to_texts and kind in {"str", "inlineStr"}:
                text = text.join(self._format().around)
        self.length += len(text)
        if self.length > ROW_LENGTH:
            raise damaged()
        return text

    def _format(self) -> Format:
        at = read_number(self.cell.get("s", ""))
        return PLAIN if at is None or at >= len(self.shown) else self.shown[at]
