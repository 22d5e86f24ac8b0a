"""A file of user names alone, to select these users: read at once, and never kept."""

import io
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import IO

from accounts.columns import USER_NAME
from accounts.queries.name_lists import names_in

from .errors import FileRefused
from .headings import column_of
from .spreadsheets import ALL, CODE_PAGES, Answers, Choice, Unclear, find_encoding, open_table

# More names than that are not taken at once.
NAME_LIMIT = 10_000
# Of the processor: a page waits for it.
_SECONDS = 10
# How often a file can be unclear: letters, separator, headings.
_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class ReadNames:
    """The names of a file, and `notes` on what was left out.

    Where names have letters that another code page would read otherwise, `encoding` is the one that
    they were read by, and `choices` are the likely ones if there are several.
    """

    names: Sequence[str]
    notes: Sequence[str]
    encoding: str = ""
    choices: Sequence[Choice] = ()


def read_names(file: IO[bytes], name: str, country: str = "") -> ReadNames:
    """Return the names of the first column that has user names; `country` is the customer's.

    Its likeliest letters and separator are taken, and where it may have no headings its first row
    is a name too. Raises FileRefused.
    """
    answers, choices = Answers(), list[Choice]()
    # For all readings together.
    begun = time.thread_time()
    for _question in range(_QUESTIONS):
        try:
            return _read(file, name, country, answers, choices, begun)
        except Unclear as unclear:
            value = "no" if unclear.question == "headings" else unclear.choices[0].value
            answers = Answers(**asdict(answers) | {unclear.question: value})
            if unclear.question == "encoding":
                choices = list(unclear.choices)
    return _read(file, name, country, answers, choices, begun)


def _read(
    file: IO[bytes],
    name: str,
    country: str,
    answers: Answers,
    choices: Sequence[Choice],
    begun: float,
) -> ReadNames:
    """Read the column by its heading, else the one with most addresses."""
    file.seek(0)
    with open_table(
        file,
        name=name,
        answers=answers,
        country=country,
        row_limit=NAME_LIMIT,
        seconds=_SECONDS,
        begun=begun,
    ) as table:
        rows = [row.cells for row in table.rows]
        places = range(len(table.headings))
        named = (at for at in places if column_of(table.headings[at]) == USER_NAME)
        counts = [sum("@" in cells[at] for cells in rows if at < len(cells)) for at in places]
        at = next(named, counts.index(max(counts)))
        names = names_in("\n".join(cells[at] for cells in rows if at < len(cells)))
        notes = [*table.notes, *table.found.notes()]
        if table.encoding not in CODE_PAGES or "".join(names).isascii():
            return ReadNames(names, notes)
        return ReadNames(names, [table.described(), *notes], table.encoding, choices)


def other_readings(text: str, encoding: str, country: str) -> Sequence[Choice]:
    """Return all readings of names that were read by this encoding, the likeliest first."""
    try:
        find_encoding(io.BytesIO(text.encode(encoding)), ALL, country)
    except Unclear as unclear:
        return unclear.choices
    except (FileRefused, UnicodeEncodeError):
        # Letters were typed since that the file can't have had.
        pass
    return ()


def read_again(text: str, encoding: str, right: str) -> str:
    """Return names that were read by one encoding as another one reads them."""
    try:
        return text.encode(encoding).decode(right, errors="replace")
    except UnicodeEncodeError:
        return text
