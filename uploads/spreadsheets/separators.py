"""What stands between a text file's cells: a sep= line says, else what gives a table.

csv.Sniffer looks at a sample, knows no sep= line, and raises an error at a file of one column, for
which clevercsv found the @ of the user names.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from customers.said import gettext as _

from ..errors import FileRefused
from .kinds import SEPARATORS
from .layout.heading_rows import find_head, known_columns
from .tables import Choice, Unclear

# No two parts that take the same characters stand side by side: a line of tabs would take days.
_SEP_LINE = re.compile(r'[ \t]*"?sep=(.?)"?[ \t,;|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_JUDGED_ROWS = 100
_SAMPLE_ROWS = 4
# So many headings are hardly known by chance.
_SEVERAL = 2
_SPACED = re.compile(r' +"')


@dataclass(frozen=True, slots=True)
class Layout:
    """How the cells of a text file are written.

    `spaced`: with spaces before quotation marks. `wrapped`: each line once more in them.
    """

    separator: str
    spaced: bool = False
    wrapped: bool = False

    def notes(self) -> list[str]:
        """Return what is to be said of it."""
        found = []
        if self.wrapped:
            found.append(
                _("Each line was enclosed in quotation marks as a whole, and was split again.")
            )
        if self.spaced:
            found.append(_("Spaces before quotation marks were removed."))
        return found


def sep_line(head: str) -> str | None:
    """Return what a first line `sep=;` names, or None where there is no such line."""
    found = _SEP_LINE.match(head)
    if found is None:
        return None
    if found[1] not in SEPARATORS:
        raise FileRefused(
            _(
                "The first line of the file names a separator other than comma, semicolon, tab and"
                " vertical bar. Save it with one of these, then choose it again."
            ),
            code="file-separator-unknown",
        )
    return found[1]


def find_layout(head: str, answer: str = "", *, named: str | None = None) -> Layout:
    """Return the layout that gives a table; raise Unclear where several do.

    `head` is the beginning of the file, in whole lines; `named` is the separator that it names.
    """
    if named is not None:
        return _layout(head, named)
    readings = [_Reading.of(head, separator) for separator in SEPARATORS]
    if all(reading.is_single for reading in readings):
        # Before an answer: which separator it is inside of the quotation marks, none says.
        wrapped = [_Reading.unwrapped(head, separator) for separator in SEPARATORS]
        best = max(wrapped, key=lambda reading: reading.recognized)
        if best.width > 1 and best.recognized and best.is_even:
            return Layout(best.separator, wrapped=True)
    if answer in SEPARATORS:
        return _layout(head, answer)
    several = [reading for reading in readings if reading.width > 1]
    if not several:
        return _layout(head, min(readings, key=lambda reading: reading.split_rows).separator)
    rank = max(reading.rank for reading in several)
    likely = [reading for reading in several if reading.rank == rank]
    if len(likely) > 1:
        raise Unclear("separator", [reading.choice() for reading in likely])
    return _layout(head, likely[0].separator)


def _layout(head: str, separator: str) -> Layout:
    plain, skipped = (_split(head, separator, skips=skips) for skips in (False, True))
    # A quoted cell that itself begins so reads alike in both ways.
    spaced = any(
        _SPACED.match(cell) and (at >= len(other) or other[at] != cell)
        for one, other in zip(plain, skipped, strict=False)
        for at, cell in enumerate(one)
    )
    return Layout(separator, spaced=spaced)


def unwrapped(rows: Iterable[list[str]], separator: str) -> Iterable[list[str]]:
    """Yield the rows of a file whose lines stand wholly in quotation marks, split again."""
    for row in rows:
        is_one = len(row) > 0 and not "".join(row[1:]).strip()
        yield next(csv.reader([row[0]], delimiter=separator, strict=True), []) if is_one else row


def _split(head: str, separator: str, *, skips: bool = False) -> list[list[str]]:
    """Return the first rows that have a value."""
    rows: list[list[str]] = []
    lines = io.StringIO(head, newline="")
    # A cell beyond csv's limit is an error: what came before it is judged.
    with suppress(csv.Error):
        for row in csv.reader(lines, delimiter=separator, skipinitialspace=skips):
            if "".join(row).strip():
                rows.append(row)
            if len(rows) == _JUDGED_ROWS:
                break
    return rows


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first rows as they are with that separator, from the one with the headings on."""

    separator: str
    rows: Sequence[Sequence[str]]
    # The rows above that one.
    skipped: int
    # Those of all first rows that have more than one cell.
    split_rows: int

    @classmethod
    def of(cls, head: str, separator: str) -> "_Reading":
        return cls._from(separator, _split(head, separator))

    @classmethod
    def unwrapped(cls, head: str, separator: str) -> "_Reading":
        rows = _split(head, separator)
        with suppress(csv.Error):
            return cls._from(separator, list(unwrapped(rows, separator)))
        return cls._from(separator, [])

    @classmethod
    def _from(cls, separator: str, rows: list[list[str]]) -> "_Reading":
        found = find_head(rows)
        begun = rows[found.at :] if found else []
        skipped = found.at if found else 0
        return cls(separator, begun, skipped, sum(len(row) > 1 for row in begun))

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def is_single(self) -> bool:
        return not any("".join(row[1:]).strip() for row in self.rows)

    @property
    def recognized(self) -> int:
        return len(known_columns(self.rows[0])) if self.rows else 0

    @property
    def is_even(self) -> bool:
        return all(len(row) == self.width for row in self.rows)

    @property
    def rank(self) -> tuple[int, int, int, bool]:
        """Of two readings with known headings the one that has them further up is likelier.

        With a wrong separator the values of users may look like headings, but below the right ones.
        """
        return (min(self.recognized, _SEVERAL), -self.skipped, self.recognized, self.is_even)

    def choice(self) -> Choice:
        sample = tuple(tuple(row) for row in self.rows[:_SAMPLE_ROWS])
        return Choice(self.separator, SEPARATORS[self.separator], sample)
