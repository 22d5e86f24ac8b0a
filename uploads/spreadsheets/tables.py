"""What a file turns out to be: a table, or a question that only a user can answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.formats import figure

from ..errors import FileRefused
from .kinds import SEPARATORS, encoding_name

# Far beyond any list of people; Excel's own end would be 16,384 columns and 1,048,576 rows.
COLUMN_LIMIT = 1_000
_PREAMBLE = re.compile(r"version:v[\d.]+")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a user said of a file that can be read in two ways."""

    encoding: str = ""
    separator: str = ""


UNASKED = Answers()


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read the file; `value` goes back into Answers, `sample` has rows read so."""

    value: str
    label: str | Promise
    sample: tuple[tuple[str, ...], ...]


class Unclear(Exception):
    """The file can be read in several ways; the first choice is proposed."""

    def __init__(
        self, question: Literal["encoding", "separator"], choices: Sequence[Choice]
    ) -> None:
        super().__init__(question)
        self.question = question
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts as a spreadsheet does; `beyond`: a value stands where no heading does."""

    number: int
    cells: tuple[str, ...]
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` reads on while it is walked, and raises FileRefused where the file breaks."""

    kind: Literal["csv", "xlsx"]
    headings: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    def described(self) -> str:
        if self.kind == "xlsx":
            return _("Read from the sheet %(sheet)s.") % {"sheet": self.sheet}
        told = {
            "encoding": encoding_name(self.encoding),
            "separator": SEPARATORS[self.separator],
        }
        if len(self.headings) == 1:
            return _("Read as %(encoding)s, one column.") % told
        return _("Read as %(encoding)s, separated by %(separator)s.") % told


def empty_sentence() -> str:
    return _("The file is empty. It needs a row of headings, and below it a row for each user.")


def split_headings(
    filled: Iterator[tuple[int, Sequence[str]]], *, row_limit: int
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the first of the rows, which all have a value, and those below it.

    Raise FileRefused where one of the two is missing.
    """
    headings = _headings(filled)
    rows = _rows(filled, headings, row_limit)
    first = next(rows, None)
    if first is None:
        raise FileRefused(
            _(
                "The file has headings and no row below them. Add a row for each user, then choose"
                " the file again."
            ),
            code="file-empty",
        )
    return headings, chain([first], rows)


def is_preamble(cells: Sequence[str]) -> bool:
    """Whether these are the cells that Entra's bulk template has above its headings."""
    return bool(_PREAMBLE.fullmatch("".join(cells).strip()))


def _headings(filled: Iterator[tuple[int, Sequence[str]]]) -> tuple[str, ...]:
    for _number, cells in filled:
        if is_preamble(cells):
            continue
        headings = list(cells)
        while not headings[-1].strip():
            headings.pop()
        if len(headings) > COLUMN_LIMIT:
            raise FileRefused(
                _("The file has more than %(limit)s columns. Keep those of the template.")
                % {"limit": figure(COLUMN_LIMIT)},
                code="file-too-wide",
            )
        return tuple(headings)
    raise FileRefused(empty_sentence(), code="file-empty")


def _rows(
    filled: Iterator[tuple[int, Sequence[str]]], headings: tuple[str, ...], row_limit: int
) -> Iterator[Row]:
    width = len(headings)
    unnamed = [at for at, heading in enumerate(headings) if not heading.strip()]
    for count, (number, cells) in enumerate(filled, start=1):
        if count > row_limit:
            text = ngettext(
                "The file has more than %(limit)s row. Split it, and upload one part after the"
                " other.",
                "The file has more than %(limit)s rows. Split it, and upload one part after the"
                " other.",
                row_limit,
            )
            raise FileRefused(text % {"limit": figure(row_limit)}, code="file-too-many-rows")
        beyond = "".join(cells[width:]) if len(cells) > width else ""
        padded = (*cells[:width], *[""] * (width - len(cells)))
        strays = beyond + "".join([padded[at] for at in unnamed])
        yield Row(number, padded, beyond=bool(strays.strip()))
