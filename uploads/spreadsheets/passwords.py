"""What a question shows of a file, without its passwords."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import product
from typing import IO

from ..columns.secrets import is_secret
from .kinds import SEPARATORS
from .layout.heading_rows import LOOKED_AT
from .separators import unwrapped
from .tables import COLUMN_LIMIT, ROW_LENGTH, Choice
from .work import Work

# Each byte is a letter of it.
_BYTES = "latin-1"
# A shorter password may well be a part of a word.
_TELLING = 4


def without_passwords(choice: Choice, secret: set[str]) -> list[list[str]]:
    """Return the sample rows of a choice without what stands below a heading of passwords.

    `secret` are passwords that are known by their bytes: samples of encodings have no headings. A
    cell that has one within is not shown either, for it may have been split wrongly.
    """
    heads = choice.sample[0] if choice.sample else ()
    places = {at for at, cell in enumerate(heads) if is_secret(cell)}
    shown = [
        ["…" if number and at in places else cell for at, cell in enumerate(cells)]
        for number, cells in enumerate(choice.sample)
    ]
    if not secret:
        return shown
    long = [word for word in secret if len(word) >= _TELLING]
    return [
        [
            "…" if read in secret or any(word in read for word in long) else cell
            for cell in cells
            for read in [_as_bytes(cell, choice.value)]
        ]
        for cells in shown
    ]


def passwords_of(
    file: IO[bytes], choices: Sequence[Choice], *, seconds: float = math.inf
) -> set[str]:
    """Return the passwords of a text file that are in the samples of these encodings.

    Each byte is one letter. Which separator and which encoding is right is not known yet: the
    headings are looked for by all of them. FileRefused where it takes longer than these seconds of
    the processor.
    """
    encodings = [choice.value for choice in choices]
    samples = {
        _as_bytes(cell, choice.value) for choice in choices for row in choice.sample for cell in row
    }
    shown = "\n".join(samples)
    found, work = set[str](), Work(row_limit=0, seconds=seconds)

    @cache
    def is_heading(cell: str) -> bool:
        work.check()
        written = cell.encode(_BYTES)
        return any(map(is_secret, {written.decode(name, "replace") for name in encodings}))

    for separator, is_wrapped in product(SEPARATORS, (False, True)):
        file.seek(0)
        text = io.TextIOWrapper(file, _BYTES, newline="")
        lines = iter(partial(text.readline, ROW_LENGTH), "")
        rows: Iterable[list[str]] = csv.reader(lines, delimiter=separator)
        rows = unwrapped(rows, separator) if is_wrapped else rows
        places: set[int] = set()
        try:
            # What breaks the table is told of once it is read.
            with suppress(csv.Error):
                for number, row in enumerate(rows):
                    work.check()
                    below = {row[at].strip(' "') for at in places if at < len(row)}
                    found |= {cell for cell in below if cell and cell in shown}
                    if number < LOOKED_AT:
                        heads = enumerate(row[:COLUMN_LIMIT])
                        places |= {at for at, cell in heads if is_heading(cell)}
                    elif not places:
                        break
        finally:
            text.detach()
    return found


def _as_bytes(cell: str, encoding: str) -> str:
    return cell.encode(encoding, "ignore").decode(_BYTES)
