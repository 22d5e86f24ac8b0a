"""What a file turns out to be: a table, or a question that only a user can answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

from customers.said import gettext as _

from .flaws import Flaw, flaw_of
from .kinds import SEPARATORS, encoding_label
from .layout.findings import Found

# Far beyond any list of people; Excel's own end would be 16,384 columns.
COLUMN_LIMIT = 1_000
# Excel's own end.
LAST_ROW = 1_048_576
# Characters of one row, line breaks within its cells included: a page shows fifty.
ROW_LENGTH = 100_000
# Of all cells of a workbook; as a text file such a table would be too large as well.
TEXT_LIMIT = 64_000_000
Question = Literal["encoding", "separator", "headings"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a user said of a file that can be read in several ways."""

    encoding: str = ""
    separator: str = ""
    # The name of a sheet, and whether its hidden rows and columns are taken too.
    sheet: str = ""
    hidden: bool = False
    headings: Literal["", "yes", "no"] = ""


UNASKED = Answers()


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read the file; `value` goes back into Answers, `sample` has rows read so."""

    value: str
    label: str | Promise
    sample: tuple[tuple[str, ...], ...]


class Unclear(Exception):
    """The file can be read in several ways; the first choice is proposed."""

    def __init__(self, question: Question, choices: Sequence[Choice]) -> None:
        super().__init__(question)
        self.question = question
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts as a spreadsheet does; `beyond`: what stands where no heading does."""

    number: int
    cells: tuple[str, ...]
    beyond: str = ""

    @property
    def flaws(self) -> tuple[tuple[int, Flaw], ...]:
        """The places of cells whose value was lost before the file was saved, and how."""
        return tuple((at, flaw) for at, cell in enumerate(self.cells) if (flaw := flaw_of(cell)))


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` reads on while it is walked, and raises FileRefused where the file breaks.

    `notes` say what was skipped above them; `found` has the rest, whole once they are walked.
    `sheets` are other sheets that could be read instead.
    """

    kind: Literal["csv", "xlsx", "ods", "xls"]
    headings: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    found: Found = field(default_factory=Found)

    def described(self) -> str:
        if self.kind != "csv":
            return _("Read from the sheet %(sheet)s.") % {"sheet": self.sheet}
        told = {
            "encoding": encoding_label(self.encoding),
            "separator": SEPARATORS[self.separator],
        }
        if len(self.headings) == 1:
            return _("Read as %(encoding)s, one column.") % told
        return _("Read as %(encoding)s, separated by %(separator)s.") % told


def empty_sentence() -> str:
    return _("The file is empty. It needs a row of headings, and below it a row for each user.")
