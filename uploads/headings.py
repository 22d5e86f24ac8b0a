"""Which column each heading of a file stands for.

Letter case, accents, spaces and punctuation make no difference.
"""

import re
from collections.abc import Iterator

from accounts.columns import COLUMNS
from customers.folding import fold
from customers.spreadsheet_files import csv_lines

_LONGEST = 200
_BRACKETS = re.compile(r"\[([^\]]*)\]")


def bare(heading: str) -> str:
    """Reduce to letters and digits, without case and accents: the same for equal headings."""
    return re.sub(r"[\W_]+", "", fold(heading))


# Alias by its bare form: the column it stands for.
_STRONG = {
    form: name
    for name, column in COLUMNS.items()
    for form in (bare(column.heading), *map(bare, column.aliases))
}
_WEAK = {bare(alias): name for name, column in COLUMNS.items() for alias in column.weak}
_KNOWN = _STRONG | _WEAK


def column_of(heading: str) -> str:
    """Return the column that it stands for, "" where none is known."""
    return _KNOWN.get(_known_form(heading), "")


def is_weak(heading: str) -> bool:
    """Whether the heading stands for its column only where no other one does."""
    return _known_form(heading) in _WEAK


def template_csv() -> bytes:
    """Return a file with all headings, which Excel opens with accents whole."""
    headings = [column.heading for name, column in COLUMNS.items() if name != "status_update"]
    return "".join(csv_lines([headings])).encode()


def _known_form(heading: str) -> str:
    return next((form for form in _forms(heading) if form in _KNOWN), "")


def _forms(heading: str) -> Iterator[str]:
    """Yield it as it is, what is in [brackets] (Entra's template), and the rest (Google's)."""
    if len(heading) > _LONGEST:
        return
    yield bare(heading)
    if inner := _BRACKETS.search(heading):
        yield bare(inner[1])
        yield bare(_BRACKETS.sub("", heading))
