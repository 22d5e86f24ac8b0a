"""Files for Excel and its kin, in which no cell is ever read as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

# Excel takes a file for UTF-8 only by its byte order mark.
BOM = "\ufeff"
_DANGEROUS = re.compile(r"'?[=+\-@\t\r]")


def text_cell(value: str) -> str:
    """A ' stands before what would begin a formula, and before a ' that such a value begins with.

    Whoever reads the file back removes one ' before these alone, so that all comes back whole.
    """
    return f"'{value}" if _DANGEROUS.match(value) else value


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The file, line by line, for a response that streams."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([text_cell(value) for value in row])


class _Echo:
    """What csv takes for a file: hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line
