"""What a question shows of a file, without its passwords."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO

from ..columns.secrets import is_secret
from .kinds import SEPARATORS
from .layout.heading_rows import LOOKED_AT
from .tables import Choice

_HEAD = 64 * 1024
# Each byte is a letter of it.
_BYTES = "latin-1"


def without_passwords(choice: Choice, secret: set[str]) -> list[list[str]]:
    """Return the sample rows of a choice without what stands below a heading of passwords.

    `secret` are passwords that are known by their bytes: samples of encodings have no headings.
    """
    heads = choice.sample[0] if choice.sample else ()
    places = {at for at, cell in enumerate(heads) if is_secret(cell)}
    shown = [
        ["…" if number and at in places else cell for at, cell in enumerate(cells)]
        for number, cells in enumerate(choice.sample)
    ]
    if not secret:
        return shown
    # Of an encoding, `value` is its name.
    name = choice.value
    return [
        ["…" if cell.encode(name, "ignore").decode(_BYTES) in secret else cell for cell in cells]
        for cells in shown
    ]


def passwords_of(file: IO[bytes]) -> set[str]:
    """Return the passwords of a text file that are not ASCII, each byte as one letter."""
    file.seek(0)
    text = io.TextIOWrapper(file, _BYTES, newline="")
    try:
        head = text.read(_HEAD)
        text.seek(0)
        # What breaks the table is told of once it is read.
        with suppress(csv.Error):
            return _below(csv.reader(text, delimiter=max(SEPARATORS, key=head.count)))
    finally:
        text.detach()
    return set()


def _below(rows: Iterable[list[str]]) -> set[str]:
    places: Sequence[int] = ()
    found: set[str] = set()
    for number, row in enumerate(rows):
        if not places and number < LOOKED_AT:
            places = [at for at, cell in enumerate(row) if is_secret(cell)]
        elif not places:
            break
        found |= {row[at] for at in places if at < len(row) and not row[at].isascii()}
    return found
