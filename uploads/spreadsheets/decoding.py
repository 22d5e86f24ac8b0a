"""Which encoding a text file has: by its mark, else proven UTF-8, else by its words, else asked.

charset-normalizer takes cp1250 for cp1252 and the other way round: of seven files as Excel saves
them it garbled the names of two, and said nothing.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO

from customers.said import gettext as _

from ..errors import FileRefused
from .encodings.orders import find_order
from .encodings.readings import differing, pieces, readings
from .kinds import ALL, CODE_PAGES
from .separators import Layout, find_layout, sep_line, unwrapped
from .tables import Choice, Unclear

_CHUNK = 1 << 20
_HEAD = 64 * 1024
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# More than can be shown, for several may stand in one line.
_TELLING = 40
_SAMPLE_ROWS = 6
_SAMPLE_LINE = 10_000
_SAMPLE_CELLS = 4


def find_encoding(file: IO[bytes], answer: str = "", country: str = "") -> str:
    """Read the whole file once; raise Unclear where only a user can tell.

    `country` is the customer's. The answer ALL asks for a choice among all readings.
    """
    file.seek(0)
    beginning = file.read(3)
    marked = next((name for mark, name in _MARKS.items() if beginning.startswith(mark)), "")
    if marked:
        if not _decodes(file, marked):
            raise FileRefused(
                _(
                    "The file says that it is Unicode, and further down it is not. Save it again"
                    " as “CSV UTF-8”, then choose it again."
                ),
                code="file-encoding-wrong",
            )
        return marked
    if proven := _proven(file):
        return proven
    if answer in CODE_PAGES and _decodes(file, answer):
        return answer
    likely = readings(file, country, every=answer == ALL)
    if not likely:
        raise _unknown()
    if len(likely) == 1 and answer != ALL:
        return likely[0].encoding
    lines = _telling_lines(file, differing(file, likely, _TELLING))
    layout = _layout_of(file)
    choices = [
        Choice(each.encoding, CODE_PAGES[each.encoding], _sample(lines, each.encoding, layout))
        for each in likely
    ]
    raise Unclear("encoding", choices)


def _proven(file: IO[bytes]) -> str:
    """Return the encoding that the bytes of a file without a mark can have alone, or "".

    Mail programs have one in which ASCII stands for other letters.
    """
    if any(b"\0" in chunk for chunk in _chunks(file)):
        if order := find_order(file):
            return order
        raise FileRefused(_nul_sentence(), code="file-not-text")
    if not _decodes(file, "utf-8"):
        return ""
    if not any(b"\x1b" in chunk for chunk in _chunks(file)):
        return "utf-8"
    if _decodes(file, "iso2022_jp"):
        return "iso2022_jp"
    if any(b"\x1b$" in chunk for chunk in _chunks(file)):
        raise _unknown()
    return "utf-8"


def _unknown() -> FileRefused:
    return FileRefused(
        _(
            "The file's encoding wasn't recognized. Save it again as “CSV UTF-8” or"
            " as .xlsx, then choose it again."
        ),
        code="file-encoding-unknown",
    )


def _decodes(file: IO[bytes], encoding: str) -> bool:
    """FileRefused where a NUL comes before the first byte that cannot be."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in _chunks(file):
            if "\0" in decoder.decode(chunk):
                raise FileRefused(_nul_sentence(), code="file-not-text")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _nul_sentence() -> str:
    return _(
        "The file contains NUL bytes: it is not a CSV file, or it is damaged. Save it"
        " again as “CSV UTF-8” or as .xlsx, then choose it again."
    )


def _telling_lines(file: IO[bytes], telling: list[bytes]) -> list[bytes]:
    """Return a few lines, each with a piece that none before it had."""
    left = set(telling)
    lines: list[bytes] = []
    for chunk in _chunks(file):
        for line in chunk.splitlines():
            if line.isascii() or len(line) > _SAMPLE_LINE:
                continue
            new = left.intersection(pieces([line]))
            if new:
                left -= new
                lines.append(line)
            if not left or len(lines) == _SAMPLE_ROWS:
                return lines
    return lines


def _layout_of(file: IO[bytes]) -> Layout:
    """Return how cells are written, the likeliest layout where several are possible."""
    file.seek(0)
    # In an encoding that reads all bytes: separators and most headings have one alone in each.
    head = file.read(_HEAD).decode("latin-1")
    try:
        return find_layout(head, named=sep_line(head))
    except Unclear as unclear:
        return Layout(unclear.choices[0].value)


def _sample(lines: list[bytes], encoding: str, layout: Layout) -> tuple[tuple[str, ...], ...]:
    """Of each line the cells that are not of plain letters alone."""
    texts = [line.decode(encoding, errors="replace") for line in lines]
    source = io.StringIO("\n".join(texts), newline="")
    rows: Iterable[list[str]] = csv.reader(source, delimiter=layout.separator)
    if layout.wrapped:
        rows = unwrapped(rows, layout.separator)
    told = (tuple(cell for cell in row if not cell.isascii())[:_SAMPLE_CELLS] for row in rows)
    return tuple(row for row in told if row)
