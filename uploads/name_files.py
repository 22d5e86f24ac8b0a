"""A file of user names alone, to select these users: read at once, and never kept."""

from dataclasses import asdict
from typing import IO

from accounts.queries.name_lists import names_in

from .headings import column_of
from .spreadsheets import Answers, Unclear, open_table

# More names than that are not taken at once.
NAME_LIMIT = 10_000
# Of the processor: a page waits for it.
_SECONDS = 10
# How often a file can be unclear: letters, separator, headings.
_QUESTIONS = 3


def read_names(file: IO[bytes], name: str) -> tuple[list[str], list[str]]:
    """Return the names of the first column that has user names, and notes on what was left out.

    What a file leaves open is not asked: user names have plain letters, and where it may have no
    headings its first row is a name too. Raises FileRefused.
    """
    answers = Answers()
    for _question in range(_QUESTIONS):
        try:
            return _read(file, name, answers)
        except Unclear as unclear:
            headless = unclear.question == "headings"
            value = "no" if headless else unclear.choices[0].value
            answers = Answers(**asdict(answers) | {unclear.question: value})
    return _read(file, name, answers)


def _read(file: IO[bytes], name: str, answers: Answers) -> tuple[list[str], list[str]]:
    """Read the column by its heading, else the one with most addresses."""
    file.seek(0)
    with open_table(
        file, name=name, answers=answers, row_limit=NAME_LIMIT, seconds=_SECONDS
    ) as table:
        rows = [row.cells for row in table.rows]
        places = range(len(table.headings))
        named = (at for at in places if column_of(table.headings[at]) == "user_name")
        counts = [sum("@" in cells[at] for cells in rows if at < len(cells)) for at in places]
        at = next(named, counts.index(max(counts)))
        names = names_in("\n".join(cells[at] for cells in rows if at < len(cells)))
        return names, [*table.notes, *table.found.notes()]
