"""Files for Excel and its kin, in which no cell is ever read as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

# Excel takes a file for UTF-8 only by its byte order mark.
BOM = "\ufeff"
# A workbook writes so what XML does not keep, and the _ of a text that looks the same.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def text_cell(value: str) -> str:
    """Return the value with a ' before what would begin a formula, even after other ' characters.

    `typed_value` takes it away again, so that all comes back whole.
    """
    return f"'{value}" if _DANGEROUS.match(value) else value


def typed_value(cell: str) -> str:
    """Return what `text_cell` was given: one ' goes, and only where it would have put it."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell, 1) else cell


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a CSV file, for a response that streams."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([text_cell(value) for value in row])


def xlsx_file(rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """Return a workbook, open at its beginning. Every cell is text, also one that begins with =."""
    # Half a second that no other page has to wait for at the start.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.writer.excel import save_workbook

    def cell(value: str) -> Any:
        text = _ESCAPED.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", value))
        text = text.replace("\r", "_x000D_")
        # What openpyxl takes for a formula or an error.
        if not text.startswith(("=", "#")):
            return text or None
        plain = WriteOnlyCell(sheet, text)
        plain.data_type = "s"
        return plain

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 - the view that sends it closes it
    save_workbook(book, file)
    file.seek(0)
    return file


class _Echo:
    """A stand-in for a file that hands each line of csv back instead of keeping it."""

    def write(self, line: str) -> str:
        return line
