"""An .ods workbook: beside each value it has the text that a user saw, and that one is read.

calamine, which reads it as well, gives the values alone: 1234 for a cell that shows 01234, and
neither hidden rows nor hidden columns.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from customers.query_params import read_number

from ..errors import FileRefused
from .archives import Archive, damaged, locked_sentence, swollen
from .flaws import NO_RESULT, flaw_of
from .layout.choosing import Hidden, Sheet, best_table
from .layout.splitting import Start
from .markup import elements, parse
from .merged import Merged
from .shown.numbers import plain_text, stored_number
from .strings import TEXT_LENGTH
from .tables import COLUMN_LIMIT, LAST_ROW, ROW_LENGTH, TEXT_LIMIT, Answers, Table
from .work import Work

CONTENT = "content.xml"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SMALL_PART = 1_000_000
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = f"{_NAMES}office:1.0 ", f"{_NAMES}table:1.0 ", f"{_NAMES}text:1.0 "
_CELLS = {"table-cell", "covered-table-cell"}
_GROUPS = {"table-row-group", "table-column-group"}
# What stands in a cell and is not its text.
_ASIDE = {"annotation", "shapes", "frame", "custom-shape", "ruby-text"}


def is_spreadsheet(archive: Archive) -> bool:
    """Whether an OpenDocument file is a workbook, and not a letter."""
    if "mimetype" not in archive:
        return False
    return b"".join(archive.chunks("mimetype", _SMALL_PART)).strip() == SPREADSHEET


@contextmanager
def open_document(archive: Archive, *, answers: Answers, work: Work) -> Iterator[Table]:
    manifest = "META-INF/manifest.xml"
    small = archive.chunks(manifest, _SMALL_PART) if manifest in archive else ()
    if small and elements(small, "encryption-data"):
        raise FileRefused(locked_sentence(), code="file-locked")

    def begun(name: str, place: int) -> Sheet:
        hidden = Hidden(taken=answers.hidden)
        return Sheet(name, Start.of(work.filled(_rows(archive, place, hidden))), hidden)

    unseen, style = set(), ""
    sheets, place = [], 0
    for element, attributes in elements(
        archive.chunks(CONTENT), "style", "table-properties", "table"
    ):
        if element == "style":
            style = attributes.get("name", "")
        elif element == "table-properties" and attributes.get("display") == "false":
            unseen.add(style)
        elif element == "table":
            if attributes.get("style-name") not in unseen:
                sheets.append(partial(begun, attributes.get("name", ""), place))
            place += 1
    yield best_table("ods", sheets, answers=answers, work=work)


def _rows(archive: Archive, place: int, hidden: Hidden) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the sheet at that place, each with its number."""
    sheet, merged = _Sheet(place, hidden), Merged()
    number = length = 0
    for _chunk in parse(archive.chunks(CONTENT), sheet):
        rows, sheet.rows = sheet.rows, []
        for cells, repeated, spanned in rows:
            for at, rows_spanned in spanned.items():
                merged.add(number + 1, number + rows_spanned, at)
            # Those without a value are left out: a sheet ends with a million of them.
            for _time in range(repeated if cells else 0):
                number += 1
                if number > LAST_ROW:
                    raise damaged()
                length += sum(map(len, cells))
                if length > TEXT_LIMIT:
                    raise swollen()
                yield number, merged.fill(number, cells)
            number += 0 if cells else repeated
        if sheet.is_over:
            return


def _cell_text(attributes: Mapping[str, str], shown: str) -> str:
    """Return the text that a cell shows, or what is stored where that has lost digits."""
    kind = attributes.get(f"{_OFFICE}value-type", "")
    if kind == "boolean":
        return attributes.get(f"{_OFFICE}boolean-value", "").upper()
    if kind == "float" and (not shown or flaw_of(shown) in {"digits-lost", "too-narrow"}):
        number = stored_number(attributes.get(f"{_OFFICE}value", ""))
        if number is not None:
            return plain_text(number)
    if shown:
        return shown
    for name in ("string-value", "date-value", "time-value", "value"):
        if stored := attributes.get(f"{_OFFICE}{name}", ""):
            return stored
    return NO_RESULT if f"{_TABLE}formula" in attributes and not kind else ""


class _Sheet:
    """Gathers the rows of one sheet while the parser walks the document."""

    def __init__(self, place: int, hidden: Hidden) -> None:
        self.hidden = hidden
        # Cells, how often the row is repeated, and how many rows cells are merged over.
        self.rows: list[tuple[list[str], int, dict[int, int]]] = []
        self.before = place
        self.depth = self.aside = 0
        self.is_over = self.inside = False
        self.column = self.columns = self.length = 0
        # Of each group of an outline around, whether it or one around it is collapsed.
        self.collapsed: list[bool] = []
        self.row: Mapping[str, str] = {}
        self.cells: dict[int, str] = {}
        self.spanned: dict[int, int] = {}
        self.cell: Mapping[str, str] | None = None
        # The paragraphs of that cell.
        self.lines: list[list[str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            # One may stand in another's cell.
            self.depth += 1
        elif self.depth != 1 or self.before or self.is_over:
            return
        elif name in _ASIDE or self.aside:
            self.aside += 1
            self.inside = False
        elif self.cell is not None:
            self._start_text(name, attributes)
        elif name in _CELLS:
            self.cell, self.lines = attributes, []
        else:
            self._start_line(name, attributes)

    def _start_line(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _GROUPS:
            is_collapsed = attributes.get(f"{_TABLE}display") == "false"
            self.collapsed.append(is_collapsed or self.collapsed[-1:] == [True])
        elif name == "table-row":
            self.row, self.cells, self.spanned = attributes, {}, {}
            self.column = self.length = 0
        elif name == "table-column":
            first = self.columns
            self.columns += _count(attributes, f"{_TABLE}number-columns-repeated")
            columns = range(first, min(self.columns, COLUMN_LIMIT))
            self.hidden.hide(columns if self._is_hidden(attributes) else ())

    def end(self, name: str) -> None:
        if name == "table":
            self.depth -= 1
            if self.depth == 0:
                self.is_over = self.is_over or self.before == 0
                self.before -= self.before > 0
        elif self.depth != 1 or self.before or self.is_over:
            return
        elif self.aside:
            self.aside -= 1
            self.inside = self.aside == 0 and self.cell is not None and bool(self.lines)
        elif name in _CELLS and self.cell is not None:
            self._end_cell(self.cell)
        elif name == "p":
            self.inside = False
        else:
            self._end_line(name)

    def text(self, data: str) -> None:
        if self.lines:
            self._add(data)

    def _start_text(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p":
            self.lines.append([])
            self.inside = True
        elif not self.lines:
            return
        elif name == "s":
            self._add(" " * min(_count(attributes, f"{_TEXT}c"), ROW_LENGTH))
        elif name == "tab":
            self._add("\t")
        elif name == "line-break":
            self._add("\n")

    def _add(self, data: str) -> None:
        self.length += len(data)
        if self.length > ROW_LENGTH:
            raise damaged()
        self.lines[-1].append(data)

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        text = _cell_text(attributes, "\n".join("".join(parts) for parts in self.lines))
        repeated = _count(attributes, f"{_TABLE}number-columns-repeated")
        if text:
            if len(text) > TEXT_LENGTH:
                raise damaged()
            for at in range(self.column, min(self.column + repeated, COLUMN_LIMIT + 1)):
                self.cells[at] = text
            if self.column > COLUMN_LIMIT:
                # What stands still further right is beyond the headings all the same.
                self.cells[COLUMN_LIMIT] = text
        spanned = _count(attributes, f"{_TABLE}number-rows-spanned")
        if text and spanned > 1:
            self.spanned[self.column] = spanned
        self.column += repeated
        self.cell, self.lines, self.inside = None, [], False

    def _end_line(self, name: str) -> None:
        if name in _GROUPS:
            del self.collapsed[-1:]
        if name != "table-row":
            return
        repeated = _count(self.row, f"{_TABLE}number-rows-repeated")
        if self._is_hidden(self.row) and self.cells:
            self.hidden.found.hidden_rows += repeated
            self.cells = {}
        width = max(self.cells, default=-1) + 1
        if width and sum(map(len, self.cells.values())) > ROW_LENGTH:
            raise damaged()
        self.rows.append(([self.cells.get(at, "") for at in range(width)], repeated, self.spanned))

    def _is_hidden(self, attributes: Mapping[str, str]) -> bool:
        shown = attributes.get(f"{_TABLE}visibility", "visible") == "visible"
        return (not shown or self.collapsed[-1:] == [True]) and not self.hidden.taken


def _count(attributes: Mapping[str, str], name: str) -> int:
    return read_number(attributes.get(name, "")) or 1
