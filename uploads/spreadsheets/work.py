"""What reading one file may cost: where a limit on rows is none on work."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from customers.formats import figure
from customers.said import gettext as _

from ..errors import FileRefused
from .flaws import typed_cells

# A spreadsheet has some below its table, or between its parts.
EMPTY_LINES = 10_000
# Of lines without a value: so many separators and nothing between them.
EMPTY_CELLS = 1_000_000
# Asking for the time at each line would take a part of it.
_LOOK_EVERY = 1_000


@dataclass(slots=True)
class Work:
    """`seconds` are of this thread's processor: a busy machine refuses no file."""

    row_limit: int
    seconds: float = math.inf
    lines: int = 0
    empty_cells: int = 0
    begun: float = field(default_factory=time.thread_time)

    def filled(
        self, records: Iterator[tuple[int, Sequence[str]]]
    ) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records that have a value; raise FileRefused where there are too many lines.

        In a file of ours a ' kept texts as they are: it goes, also where another program saved the
        file as a workbook.
        """
        for number, cells in records:
            self.lines += 1
            if self.lines % _LOOK_EVERY == 0:
                self.check()
            if self.lines > self.row_limit + EMPTY_LINES or self.empty_cells > EMPTY_CELLS:
                raise FileRefused(hollow(), code="file-hollow")
            text = "".join(cells)
            if text.strip():
                yield number, typed_cells(cells) if "'" in text else cells
            else:
                self.empty_cells += len(cells)

    def check(self) -> None:
        """Raise FileRefused when the time is over."""
        if time.thread_time() - self.begun > self.seconds:
            raise FileRefused(
                _(
                    "Reading the file takes more than %(limit)s seconds. Split it, and upload the"
                    " parts one after another."
                )
                % {"limit": figure(round(self.seconds))},
                code="file-too-slow",
            )


def hollow() -> str:
    return _(
        "The file has too many rows or cells without a value. Copy the rows that have one into a"
        " new file, and upload that."
    )
