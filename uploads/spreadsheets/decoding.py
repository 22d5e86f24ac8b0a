"""Which encoding a text file has: by its mark, else proven UTF-8, else a person says.

charset-normalizer takes cp1250 for cp1252 and the other way round: of seven files as Excel saves
them it garbled the names of two, and said nothing.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from ..errors import FileRefused
from .kinds import CODE_PAGES, SEPARATORS
from .tables import Choice, Unclear

_CHUNK = 1 << 20
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ASCII = bytes(range(128))
_SAMPLE_ROWS = 6
_SAMPLE_LINE = 10_000
_SAMPLE_CELLS = 4


def find_encoding(file: IO[bytes], answer: str = "") -> str:
    """Reads the whole file once; raises Unclear where only a person can tell."""
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
    if _decodes(file, "utf-8"):
        return "utf-8"
    high = bytes(sorted(_high_bytes(file)))
    if answer in CODE_PAGES and _read_as(file, answer, high):
        return answer
    raise Unclear("encoding", _choices(file, high))


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
        "The file has NUL bytes, which no text has: it is not a CSV file, or it was damaged. Save"
        " it again as “CSV UTF-8” or as .xlsx, then choose it again."
    )


def _choices(file: IO[bytes], high: bytes) -> list[Choice]:
    """The code pages that can decode the file, of those that read it alike the first."""
    lines = _telling_lines(file)
    seen: set[str] = set()
    choices = []
    for encoding, label in CODE_PAGES.items():
        as_read = _read_as(file, encoding, high)
        if as_read and as_read not in seen:
            seen.add(as_read)
            choices.append(Choice(encoding, label, _sample(lines, encoding)))
    if not choices:
        raise FileRefused(
            _(
                "The letters of the file are in no encoding that can be told. Save it again as"
                " “CSV UTF-8” or as .xlsx, then choose it again."
            ),
            code="file-encoding-unknown",
        )
    return choices


def _high_bytes(file: IO[bytes]) -> set[int]:
    """Those beyond ASCII; FileRefused at a NUL."""
    found: set[int] = set()
    for chunk in _chunks(file):
        if b"\0" in chunk:
            raise FileRefused(_nul_sentence(), code="file-not-text")
        found.update(chunk.translate(None, _ASCII))
    return found


def _read_as(file: IO[bytes], encoding: str, high: bytes) -> str:
    """What tells one reading from another, "" where the encoding cannot be."""
    if encoding in {"cp932", "gbk", "cp949", "cp950"}:
        return encoding if _decodes(file, encoding) else ""
    try:
        return high.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _telling_lines(file: IO[bytes]) -> list[bytes]:
    """A few lines, each with a byte beyond ASCII that none before it had."""
    known: set[int] = set()
    lines: list[bytes] = []
    for chunk in _chunks(file):
        for line in chunk.splitlines():
            if line.isascii() or len(line) > _SAMPLE_LINE:
                continue
            high = set(line.translate(None, _ASCII))
            if not high <= known:
                known |= high
                lines.append(line)
            if len(lines) == _SAMPLE_ROWS:
                return lines
    return lines


def _sample(lines: list[bytes], encoding: str) -> tuple[tuple[str, ...], ...]:
    """Of each line the cells that read differently elsewhere."""
    texts = [line.decode(encoding, errors="replace") for line in lines]
    joined = "".join(texts)
    separator = max(SEPARATORS, key=joined.count)
    rows = csv.reader(io.StringIO("\n".join(texts), newline=""), delimiter=separator)
    told = (tuple(cell for cell in row if not cell.isascii())[:_SAMPLE_CELLS] for row in rows)
    return tuple(row for row in told if row)
