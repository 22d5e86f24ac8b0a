"""Which column each heading of a file stands for.

Letter case, accents, spaces and punctuation make no difference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.columns import COLUMNS, Column
from customers.folding import fold
from customers.spreadsheet_files import csv_lines

from .errors import FileRefused

__all__ = ["COLUMNS", "Column", "Matched", "match", "missing", "require", "template_csv"]

NEEDED = ("user_name",)
_SHOWN = 20
_LONGEST = 200
_BRACKETS = re.compile(r"\[([^\]]*)\]")


def bare(heading: str) -> str:
    """Reduce to letters and digits, without case and accents: the same for equal headings."""
    return re.sub(r"[\W_]+", "", fold(heading))


@dataclass(frozen=True, slots=True)
class Matched:
    """`columns`: names by place. `unknown`: headings that stand for nothing, as written."""

    headings: tuple[str, ...]
    columns: Mapping[int, str]
    unknown: tuple[str, ...]


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
    return next((_KNOWN[form] for form in _forms(heading) if form in _KNOWN), "")


def match(headings: Sequence[str], remembered: Mapping[str, str] | None = None) -> Matched:
    """Return what the headings stand for; raise FileRefused where two are of one column.

    `remembered` is what was chosen for earlier files of the customer: column names by heading, ""
    for none.
    """
    chosen = {bare(heading): name for heading, name in (remembered or {}).items()}
    # Of headings like # and * nothing is left that could be told apart.
    chosen.pop("", None)
    found = {
        at: chosen.get(bare(heading), column_of(heading)) for at, heading in enumerate(headings)
    }
    firm = {name for at, name in found.items() if not _is_weak(headings[at], chosen)}
    columns = {
        at: name
        for at, name in found.items()
        if name and not (name in firm and _is_weak(headings[at], chosen))
    }
    first: dict[str, int] = {}
    for at, name in columns.items():
        if (earlier := first.setdefault(name, at)) != at:
            raise FileRefused(
                _(
                    "Two columns, %(one)s and %(other)s, both stand for %(column)s. Remove or"
                    " rename one of them, then choose the file again."
                )
                % {
                    "one": _shown(headings[earlier]),
                    "other": _shown(headings[at]),
                    "column": COLUMNS[name].heading,
                },
                code="file-column-twice",
            )
    unknown = [text for at, text in enumerate(headings) if at not in columns and text.strip()]
    return Matched(tuple(headings), columns, tuple(unknown))


def missing(matched: Matched) -> tuple[str, ...]:
    """Return the needed columns that no heading stands for."""
    return tuple(name for name in NEEDED if name not in matched.columns.values())


def require(matched: Matched) -> None:
    """Raise FileRefused where a needed column is missing."""
    for name in missing(matched):
        listed = ", ".join(_shown(heading) for heading in matched.headings[:_SHOWN])
        if (more := len(matched.headings) - _SHOWN) > 0:
            text = ngettext(
                "%(headings)s and %(count)s more", "%(headings)s and %(count)s more", more
            )
            listed = text % {"headings": listed, "count": more}
        raise FileRefused(
            _(
                "The column %(column)s is missing. The file has: %(headings)s. Give the column"
                " that heading, then choose the file again."
            )
            % {"column": COLUMNS[name].heading, "headings": listed},
            code="file-column-missing",
        )


def template_csv() -> bytes:
    """Return a file with all headings, which Excel opens with accents whole."""
    headings = [column.heading for name, column in COLUMNS.items() if name != "status_update"]
    return "".join(csv_lines([headings])).encode()


def _forms(heading: str) -> Iterator[str]:
    """Yield it as it is, what is in [brackets] (Entra's template), and the rest (Google's)."""
    if len(heading) > _LONGEST:
        return
    yield bare(heading)
    if inner := _BRACKETS.search(heading):
        yield bare(inner[1])
        yield bare(_BRACKETS.sub("", heading))


def _is_weak(heading: str, chosen: Mapping[str, str]) -> bool:
    if bare(heading) in chosen:
        return False
    return next((form for form in _forms(heading) if form in _KNOWN), "") in _WEAK


def _shown(heading: str) -> str:
    return f"“{Truncator(' '.join(heading.split())).chars(40)}”"
