"""Which column each heading of a file stands for.

Letter case, accents, spaces and punctuation make no difference.
"""

import re

from accounts.columns import COLUMNS
from customers.folding import fold

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


def _known_form(heading: str) -> str:
    """Return the form of it that is known: as it is, or of Entra's template what is in [brackets],
    of Google's the rest; "" where none is.
    """
    if len(heading) > _LONGEST:
        return ""
    forms = [bare(heading)]
    if inner := _BRACKETS.search(heading):
        forms += bare(inner[1]), bare(_BRACKETS.sub("", heading))
    return next((form for form in forms if form in _KNOWN), "")
