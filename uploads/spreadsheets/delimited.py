"""Text files: comma, semicolon, tab or vertical bar between the cells."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO

from customers.formats import figure
from customers.said import gettext_lazy

from ..errors import FileRefused
from .decoding import find_encoding
from .layout.findings import Found
from .layout.splitting import split_headings
from .separators import Layout, find_layout, sep_line, unwrapped
from .tables import ROW_LENGTH, Answers, Table
from .work import Work

_HEAD = 64 * 1024
# As many exports write a text so that Excel leaves its zeros.
_FORMULA = re.compile('="((?:[^"]|"")*)"')
_TOO_LONG = gettext_lazy(
    'Row %(row)s is too long: perhaps a quotation mark (") opens a cell there and is not'
    " closed. Correct it, then choose the file again."
)
# By the beginning of what the csv module says.
_WRONG = {
    "unexpected end": gettext_lazy(
        'In row %(row)s a quotation mark (") opens a cell and is never closed. Close or remove'
        " it, then choose the file again."
    ),
    "field larger": _TOO_LONG,
    "": gettext_lazy(
        'In row %(row)s there is text after the quotation mark (") that closes a cell.'
        ' Double the quotation marks within the cell (""), or remove them, then choose'
        " the file again."
    ),
}


@contextmanager
def open_delimited(
    file: IO[bytes], *, answers: Answers, work: Work, country: str = ""
) -> Iterator[Table]:
    encoding = find_encoding(file, answers.encoding, country)
    with _text(file, encoding) as text:
        head = text.read(_HEAD)
    if len(head) == _HEAD:
        # Without the last line, within which the head ends.
        head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    named = sep_line(head)
    layout = find_layout(head, answers.separator, named=named)
    found = Found()
    with _text(file, encoding) as text:
        records = work.filled(_records(text, layout, skip=named is not None))
        split = split_headings(records, row_limit=work.row_limit, answers=answers, found=found)
        yield Table(
            "csv",
            split.headings,
            split.rows,
            encoding=encoding,
            separator=layout.separator,
            notes=(*layout.notes(), *split.notes),
            found=found,
        )


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[TextIO]:
    """Line breaks as they are; the file stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="strict", newline="")
    try:
        yield text
    finally:
        text.detach()


class _Lines:
    """The file's lines; FileRefused where those since `begin` are more than a row can have."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.row = 0
        self.left = 0

    def begin(self, row: int) -> None:
        self.row, self.left = row, ROW_LENGTH

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(self.left):
            self.left -= len(line)
            if self.left <= 0:
                text = str(_TOO_LONG) % {"row": figure(self.row)}
                raise FileRefused(text, code="file-row-too-long")
            yield line


def _records(file: TextIO, layout: Layout, *, skip: bool) -> Iterator[tuple[int, list[str]]]:
    """Each row and its number; a quoted line break begins no new one."""
    lines = _Lines(file)
    reader: Iterator[list[str]] = csv.reader(
        iter(lines), delimiter=layout.separator, strict=True, skipinitialspace=layout.spaced
    )
    if layout.wrapped:
        reader = iter(unwrapped(reader, layout.separator))
    number = 1
    while True:
        lines.begin(number)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            wrong = next(text for said, text in _WRONG.items() if str(error).startswith(said))
            text = str(wrong) % {"row": figure(number)}
            raise FileRefused(text, code="file-row-wrong") from error
        if cells is None:
            return
        if not (skip and number == 1):
            yield number, _shown(cells)
        number += 1


def _shown(cells: list[str]) -> list[str]:
    """Return the cells as Excel shows them: a text that was written as a formula, and one behind
    the mark at the beginning of a file that was added to another one.
    """
    if cells and cells[0].startswith("\ufeff"):
        cells[0] = cells[0].lstrip("\ufeff")
    for at, cell in enumerate(cells):
        if cell[:2] == '="' and (formula := _FORMULA.fullmatch(cell)):
            cells[at] = formula[1].replace('""', '"')
    return cells
