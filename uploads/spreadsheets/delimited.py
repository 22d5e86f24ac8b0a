"""Text files: comma, semicolon, tab or vertical bar between the cells."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO

from django.utils.translation import gettext as _

from customers.formats import figure
from customers.spreadsheet_files import typed_value

from ..errors import FileRefused
from .decoding import find_encoding
from .separators import find_separator, sep_line
from .tables import Answers, Table, split_headings
from .work import Work

_HEAD = 64 * 1024
# Characters of one row, line breaks within its cells included: a page shows fifty.
ROW_LENGTH = 100_000


@contextmanager
def open_delimited(file: IO[bytes], *, answers: Answers, work: Work) -> Iterator[Table]:
    encoding = find_encoding(file, answers.encoding)
    with _text(file, encoding) as text:
        head = text.read(_HEAD)
    if len(head) == _HEAD:
        # Without the last line, within which the head ends.
        head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    named = sep_line(head)
    separator = named or find_separator(head, answers.separator)
    with _text(file, encoding) as text:
        records = _records(text, separator, skip=named is not None)
        headings, rows = split_headings(work.filled(records), row_limit=work.row_limit)
        yield Table("csv", headings, rows, encoding=encoding, separator=separator)


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
                raise FileRefused(_too_long_sentence(self.row), code="file-row-too-long")
            yield line


def _records(text: TextIO, separator: str, *, skip: bool) -> Iterator[tuple[int, list[str]]]:
    """Each row and its number; a quoted line break begins no new one."""
    lines = _Lines(text)
    reader = csv.reader(iter(lines), delimiter=separator, strict=True)
    number = 1
    while True:
        lines.begin(number)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(_sentence(str(error), number), code="file-row-wrong") from error
        if cells is None:
            return
        if not (skip and number == 1):
            yield number, [typed_value(cell) if cell[:1] == "'" else cell for cell in cells]
        number += 1


def _sentence(error: str, row: int) -> str:
    if error.startswith("unexpected end"):
        message = _(
            'In row %(row)s a quotation mark (") opens a cell and is never closed. Close or remove'
            " it, then choose the file again."
        )
    elif error.startswith("field larger"):
        return _too_long_sentence(row)
    else:
        message = _(
            'In row %(row)s something stands after the quotation mark (") that closes a cell.'
            ' Double the quotation marks within the cell (""), or remove them, then choose the file'
            " again."
        )
    return message % {"row": figure(row)}


def _too_long_sentence(row: int) -> str:
    return _(
        'Row %(row)s is too long to be one: perhaps a quotation mark (") opens a cell there and'
        " is not closed. Correct it, then choose the file again."
    ) % {"row": figure(row)}
