"""What stands between a text file's cells: a sep= line says, else what gives a table.

csv.Sniffer looks at a sample, knows no sep= line, and raises an error at a file of one column, for
which clevercsv found the @ of the user names.
"""

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..errors import FileRefused
from ..headings import column_of
from .kinds import SEPARATORS
from .tables import Choice, Unclear, is_preamble

# No two parts that take the same characters stand side by side: a line of tabs would take days.
_SEP_LINE = re.compile(r'[ \t]*"?sep=(.?)"?[ \t,;|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_JUDGED_ROWS = 100
_SAMPLE_ROWS = 4


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


def find_separator(head: str, answer: str = "") -> str:
    """Return the separator that gives a table; raise Unclear where several do.

    `head` is the beginning of the file, in whole lines.
    """
    if answer in SEPARATORS:
        return answer
    readings = [_Reading.of(head, separator) for separator in SEPARATORS]
    several = [reading for reading in readings if reading.width > 1]
    if not several:
        return min(readings, key=lambda reading: reading.split_rows).separator
    most = max(reading.recognized for reading in several)
    likely = [reading for reading in several if reading.recognized == most]
    even = [reading for reading in likely if reading.is_even] or likely
    if len(even) == 1:
        return even[0].separator
    raise Unclear("separator", [reading.choice() for reading in even])


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first rows as they are with that separator."""

    separator: str
    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, head: str, separator: str) -> "_Reading":
        rows: list[list[str]] = []
        # A cell beyond csv's limit is an error: what came before it is judged.
        with suppress(csv.Error):
            for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator):
                if "".join(row).strip() and not is_preamble(row):
                    rows.append(row)
                if len(rows) == _JUDGED_ROWS:
                    break
        return cls(separator, rows)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def split_rows(self) -> int:
        return sum(len(row) > 1 for row in self.rows)

    @property
    def recognized(self) -> int:
        return sum(bool(column_of(heading)) for heading in self.rows[0])

    @property
    def is_even(self) -> bool:
        return all(len(row) == self.width for row in self.rows)

    def choice(self) -> Choice:
        sample = tuple(tuple(row) for row in self.rows[:_SAMPLE_ROWS])
        return Choice(self.separator, SEPARATORS[self.separator], sample)
