"""An .xls workbook of Excel 97 to 2003, which many programs still export.

xlrd reads it: beside the values it tells number formats and what is hidden. calamine, which is
quicker, gives 1234 for a cell that shows 01234, and hidden rows like all others.
"""

import math
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from xlrd import (
    XL_CELL_BOOLEAN,
    XL_CELL_EMPTY,
    XL_CELL_ERROR,
    XL_CELL_TEXT,
    XLRDError,
    biffh,
    error_text_from_code,
)
from xlrd.book import Book
from xlrd.compdoc import SIGNATURE
from xlrd.sheet import Sheet as Cells

from ..errors import FileRefused
from .archives import damaged, locked_sentence, swollen
from .compound import stream_of
from .flaws import TWO_VALUES
from .layout.choosing import Hidden, Sheet, best_table
from .layout.splitting import Start
from .merged import Merged
from .old_strings import strings_of
from .shown.numbers import Format, number_format, number_text
from .strings import storable
from .tables import ROW_LENGTH, TEXT_LIMIT, Answers, Table
from .work import Work

# A sheet ends at 65,536 rows: with 20 columns of their own texts they take some 25 MB.
_LARGEST = 32 * 2**20
_EXCEL_97 = 80
# Excel's own end of a format, in letters of two bytes, with what stands before them.
_LONGEST_FORMAT = 5 + 2 * 255
# All that is read. What else there is has no value; a few bytes that say where links are, or how
# empty cells look, could fill any memory.
_READ = frozenset(
    {
        *(biffh.XL_BOF, biffh.XL_EOF, biffh.XL_FILEPASS, biffh.XL_CODEPAGE, biffh.XL_DATEMODE),
        *(biffh.XL_BOUNDSHEET, biffh.XL_SST, biffh.XL_FORMAT, biffh.XL_XF, biffh.XL_COLINFO),
        *(biffh.XL_ROW, biffh.XL_DEFAULTROWHEIGHT, biffh.XL_LABELSST, biffh.XL_LABEL),
        *(biffh.XL_RSTRING, biffh.XL_NUMBER, biffh.XL_RK, biffh.XL_MULRK, biffh.XL_BOOLERR),
        *(biffh.XL_FORMULA, biffh.XL_FORMULA3, biffh.XL_FORMULA4, biffh.XL_STRING),
        *(biffh.XL_ARRAY, biffh.XL_SHRFMLA, biffh.XL_TABLEOP, biffh.XL_TABLEOP2),
        biffh.XL_CONTINUE,
    }
)
# How cells look, and the sheets: Excel's own end is at 4,050 looks.
_NAMED = frozenset({biffh.XL_XF, biffh.XL_FORMAT, biffh.XL_BOUNDSHEET})
_NAMED_LIMIT = 20_000
# Of these each begins with its row and column; one far to the right widens its row up to there.
_CELLS = frozenset(
    {
        *(biffh.XL_LABELSST, biffh.XL_LABEL, biffh.XL_RSTRING, biffh.XL_NUMBER, biffh.XL_RK),
        *(biffh.XL_MULRK, biffh.XL_BOOLERR, biffh.XL_FORMULA, biffh.XL_FORMULA3),
        biffh.XL_FORMULA4,
    }
)
# Of one sheet: 65,536 rows of 30 columns.
_CELL_LIMIT = 2_000_000
_LOOK_EVERY = 1_000
# What xlrd stumbles with over bytes that are no workbook.
_BROKEN = (
    XLRDError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@contextmanager
def open_old_workbook(
    file: IO[bytes], *, other: FileRefused, answers: Answers, work: Work
) -> Iterator[Table]:
    """As open_workbook, but in memory; raise `other` for what is no workbook, or an older one."""
    if file.seek(0, os.SEEK_END) > _LARGEST:
        raise swollen()
    file.seek(0)
    with Path(os.devnull).open("w") as log:
        book = _Book(log, work)
        book.begin(file.read(), other)

        def begun(name: str, place: int) -> Sheet:
            hidden = Hidden(taken=answers.hidden)
            return Sheet(name, Start.of(work.filled(book.rows(place, hidden))), hidden)

        sheets = [
            partial(begun, storable(name), place)
            for place, name in enumerate(book.sheet_names())
            if book.is_shown(place)
        ]
        yield best_table("xls", sheets, answers=answers, work=work)


class _Cells(Cells):
    """The cells of a sheet. Of one with two values, programs don't agree on which they show."""

    book: "_Book"

    def put_cell_ragged(
        self, rowx: int, colx: int, ctype: int | None, value: Any, xf_index: int
    ) -> None:
        at = colx if rowx < self.nrows and colx < len(self._cell_types[rowx]) else None
        if at is not None and self._cell_types[rowx][at] != XL_CELL_EMPTY:
            before = self._cell_types[rowx][at], self._cell_values[rowx][at]
            first = self.book.text(*before, self._cell_xf_indexes[rowx][at])
            second = self.book.text(ctype, value, xf_index)
            if not second:
                return
            if first not in {"", second}:
                # In place of them: beside them it would be known of millions of cells.
                ctype, value = XL_CELL_TEXT, TWO_VALUES
        super().put_cell_ragged(rowx, colx, ctype, value, xf_index)


class _Book(Book):
    """A workbook of which a sheet is read when its rows are asked for."""

    def __init__(self, log: IO[str], work: Work) -> None:
        super().__init__()
        self.log = log
        self.work = work
        self.records = 0
        # Of the sheet that is read, with the empty ones before them in their rows; and where the
        # last of them is.
        self.cells, self.last = 0, (-1, -1)
        self.merged = Merged()
        # Looks, formats and sheets.
        self.named = 0
        # How numbers are shown, by the style of a cell.
        self.formats: dict[int, Format] = {}

    def begin(self, content: bytes, other: FileRefused) -> None:
        try:
            stream = stream_of(content, "Workbook")
            # One within the other xlrd would open by its own reader.
            if not stream or stream.startswith(SIGNATURE):
                raise other
            self.biff2_8_load(
                file_contents=stream,
                logfile=self.log,
                formatting_info=True,
                on_demand=True,
                ragged_rows=True,
            )
            self.biff_version = self.getbof(biffh.XL_WORKBOOK_GLOBALS)
        except _BROKEN as error:
            raise other from error
        if self.biff_version != _EXCEL_97:
            raise other
        try:
            self.parse_globals()
        except _BROKEN as error:
            raise damaged() from error
        # None of them is read yet: get_sheet does.
        self._sheet_list = [None for _name in self.sheet_names()]
        own = {each.format_key: each.format_str for each in self.format_list}
        keys = [xf.format_key for xf in self.xf_list]
        by_key = {key: self.format(key, own.get(key)) for key in set(keys)}
        self.formats = {at: by_key[key] for at, key in enumerate(keys)}

    def format(self, key: int, code: str | None) -> Format:
        self.work.check()
        return number_format(key, code)

    def is_shown(self, place: int) -> bool:
        return not self._sheet_visibility[place]

    def rows(self, place: int, hidden: Hidden) -> Iterator[tuple[int, list[str]]]:
        """Yield each row and its number; one that is left out comes without its cells."""
        self.cells, self.last, self.merged = 0, (-1, -1), Merged()
        try:
            cells = self.get_sheet(place)
        except _BROKEN as error:
            raise damaged() from error
        hidden.hide(at for at, column in cells.colinfo_map.items() if column.hidden)
        length = 0
        for at in range(cells.nrows):
            # One that is not there counts as none: up to the last row there may be 65,000 of them.
            if not cells.row_len(at):
                continue
            row = cells.rowinfo_map.get(at)
            texts = self.texts(cells, at)
            length += sum(map(len, texts))
            if length > TEXT_LIMIT:
                raise swollen()
            is_hidden = row.hidden if row else cells.default_row_hidden
            if is_hidden and not hidden.taken and any(texts):
                hidden.found.hidden_rows += 1
                texts = []
            yield at + 1, self.merged.fill(at + 1, texts)

    def get_sheet(self, sh_number: int, update_pos: bool = True) -> Cells:  # noqa: FBT001, FBT002
        """As xlrd's own, which knows no other class of sheets, and keeps each that was read."""
        self._position = self._sh_abs_posn[sh_number]
        self.getbof(biffh.XL_WORKSHEET)
        cells = _Cells(self, self._position, self._sheet_names[sh_number], sh_number)
        cells.read(self)
        return cells

    def texts(self, cells: Cells, row: int) -> list[str]:
        texts, length = list[str](), 0
        kinds, values = cells.row_types(row), cells.row_values(row)
        for at, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            text = self.text(kind, value, cells.cell_xf_index(row, at))
            length += len(text)
            if length > ROW_LENGTH:
                raise damaged()
            texts.append(storable(text))
        return texts

    def text(self, kind: int | None, value: Any, style: int) -> str:
        """Return what a cell shows."""
        if isinstance(value, float):
            # What is no number at all, no program shows as one.
            if not math.isfinite(value):
                return "#NUM!"
            return number_text(repr(value), self.look(style), from_1904=self.datemode == 1)
        if kind == XL_CELL_BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind == XL_CELL_ERROR:
            return str(error_text_from_code.get(value, "#N/A"))
        # Programs fill their fields with NULs, which nobody sees behind the text.
        text = str(value.rstrip("\0"))
        return text.join(self.look(style).around) if text not in {"", TWO_VALUES} else text

    def look(self, style: int) -> Format:
        shown = self.formats.get(style)
        if shown is None:
            raise damaged()
        return shown

    def get_record_parts(self) -> tuple[int, int, bytes]:
        while True:
            self.records += 1
            if self.records % _LOOK_EVERY == 0:
                self.work.check()
            code, length, data = super().get_record_parts()
            if code == biffh.XL_MERGEDCELLS:
                # xlrd would make rows of their own for those beyond the last one.
                for first, last, column, _last in struct.iter_unpack("<HHHH", data[2:]):
                    self.merged.add(first + 1, last + 1, column)
            if code in _READ:
                if code == biffh.XL_FORMAT and length > _LONGEST_FORMAT:
                    raise damaged()
                self.weigh(code, data)
                return code, length, data

    def weigh(self, code: int, data: bytes) -> None:
        """Raise FileRefused where it would fill the memory."""
        self.named += code in _NAMED
        if code in _CELLS:
            row, column = struct.unpack("<HH", data[:4])
            if code == biffh.XL_MULRK:
                (column,) = struct.unpack("<H", data[-2:])
            before = self.last[1] if row == self.last[0] else -1
            # At least itself, also where it stands left of the one before.
            self.cells += max(column - before, 1)
            self.last = (row, column)
        if self.named > _NAMED_LIMIT or self.cells > _CELL_LIMIT:
            raise swollen()

    def handle_filepass(self, data: bytes) -> None:
        raise FileRefused(locked_sentence(), code="file-locked")

    def handle_sst(self, data: bytes) -> None:
        records = [data]
        while (following := self.get_record_parts_conditional(biffh.XL_CONTINUE))[0]:
            records.append(following[2])
        self._sharedstrings = strings_of(records, self.work)
