"""Headings and rows of whatever was read: what stands above the headings is skipped, and said."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from accounts.columns import USER_NAME
from customers.formats import figure
from customers.said import gettext as _

from ...columns.secrets import emptied, is_secret
from ...errors import FileRefused
from ...headings import column_of
from ..flaws import MARKS
from ..tables import COLUMN_LIMIT, UNASKED, Answers, Choice, Row, Unclear, empty_sentence
from .bodies import Body
from .findings import Found, above_note
from .heading_rows import LOOKED_AT, Head, filled, filled_width, find_head, is_second_heading

Records = Iterator[tuple[int, Sequence[str]]]
_SAMPLE_ROWS = 4
# The mark at the beginning of UTF-8, kept by a program that read it as something else.
_READ_AS = ("utf-8", "windows-1252", "windows-1250", "windows-1251", "mac-roman", "cp850")
_MARKS = tuple("\ufeff".encode().decode(encoding) for encoding in _READ_AS)


@dataclass(frozen=True, slots=True)
class Start:
    """The first rows that have a value, and `rest` with those after them."""

    rows: list[tuple[int, Sequence[str]]]
    rest: Records
    head: Head | None

    @classmethod
    def of(cls, records: Records) -> "Start":
        rows = list(islice(records, LOOKED_AT))
        if rows and rows[0][1]:
            number, (first, *others) = rows[0]
            mark = next((mark for mark in _MARKS if first.startswith(mark)), "")
            rows[0] = number, [first.removeprefix(mark), *others]
        return cls(rows, records, find_head([cells for _number, cells in rows]))

    @property
    def is_table(self) -> bool:
        """Whether somebody may mean this sheet: it has known headings, or several columns."""
        if self.head is not None and self.head.known:
            return True
        return sum(filled(cells) > 1 for _number, cells in self.rows) > 1

    @property
    def width(self) -> int:
        return max(filled_width(cells) for _number, cells in self.rows)

    def is_headless(self, answer: str) -> bool:
        """Whether the table begins with a user; raise Unclear where a user has to say so.

        An address is no heading of the only column, so there nobody is asked.
        """
        if self.head is None or not self.head.is_user:
            return False
        if not answer and self.width > 1:
            first_ones = self.rows[self.head.at : self.head.at + _SAMPLE_ROWS]
            sample = tuple(tuple(cells) for _number, cells in first_ones)
            # What is likely stands first: a row with an address is a user's.
            choices = [
                Choice("no", _("No, the first row is a user"), sample),
                Choice("yes", _("Yes, the first row has headings"), sample),
            ]
            raise Unclear("headings", choices)
        return answer != "yes"

    @property
    def has_passwords(self) -> bool:
        """Whether a column is headed as one of passwords."""
        at = self.head.at if self.head else 0
        return any(is_secret(cell) for _number, cells in self.rows[at : at + 1] for cell in cells)


@dataclass(slots=True)
class Split:
    """A table on its way: its headings, its rows, and what is said of it."""

    headings: tuple[str, ...]
    rows: Iterator[Row]
    notes: list[str] = field(default_factory=list)


def split_headings(
    records: Records, *, row_limit: int, answers: Answers = UNASKED, found: Found | None = None
) -> Split:
    """Return the headings among the rows, which all have a value, and the rows below them.

    Raise FileRefused where one of the two is missing, Unclear where the first row may be a user's.
    """
    return split(Start.of(records), row_limit=row_limit, answers=answers, found=found or Found())


def split(
    start: Start,
    *,
    row_limit: int,
    answers: Answers,
    found: Found,
    hidden: Collection[int] = frozenset(),
) -> Split:
    """As split_headings; `hidden` are the places of columns that are left out."""
    head = start.head
    if head is None:
        raise FileRefused(empty_sentence(), code="file-empty")
    at = head.at
    notes = [above_note([cells for _number, cells in start.rows[:at]])] if at else []
    below: Records = chain(start.rows[at + 1 :], start.rest)
    last, headings = start.rows[at][0], _trimmed(start.rows[at][1])
    # A mark of ours is no heading that anyone has written.
    headings = tuple(
        _unnamed(place) if heading in MARKS else heading for place, heading in enumerate(headings)
    )
    if start.is_headless(answers.headings):
        notes.append(_("No headings: the first row is a user."))
        headings = tuple(map(_unnamed, range(start.width)))
        below, last = chain(start.rows[at:], start.rest), last - 1
    elif at + 1 < len(start.rows) and is_second_heading(headings, start.rows[at + 1][1]):
        last = start.rows[at + 1][0]
        notes.append(_("The second row of headings was skipped."))
        below = chain(start.rows[at + 2 :], start.rest)
    headings, below = _shown(headings, below, hidden, found)
    if len(headings) > COLUMN_LIMIT:
        raise FileRefused(
            _("The file has more than %(limit)s columns. Keep those of the template.")
            % {"limit": figure(COLUMN_LIMIT)},
            code="file-too-wide",
        )
    if secret := {place for place, heading in enumerate(headings) if is_secret(heading)}:
        below = ((number, emptied(cells, secret)) for number, cells in below)
        below = (record for record in below if "".join(record[1]).strip())
    rows = Body(headings, found, row_limit).rows(below, last)
    first = next(rows, None)
    if first is None:
        raise FileRefused(
            _(
                "The file has headings and no row below them. Add a row for each user, then choose"
                " the file again."
            ),
            code="file-empty",
        )
    return Split(headings, chain([first], rows), notes)


def _unnamed(place: int) -> str:
    return _("Column %(number)s") % {"number": place + 1}


def _shown(
    headings: tuple[str, ...], below: Records, hidden: Collection[int], found: Found
) -> tuple[tuple[str, ...], Records]:
    """Return both without the hidden columns, but for one that alone has the user names."""
    names = {at for at, heading in enumerate(headings) if column_of(heading) == USER_NAME}
    left_out = set(hidden) - (names if names <= set(hidden) else set())
    if not left_out:
        return headings, below
    found.hidden_columns = tuple(
        headings[place].strip() or _unnamed(place)
        for place in sorted(left_out)
        if place < len(headings)
    )
    found.hides_passwords |= any(map(is_secret, found.hidden_columns))
    rows = ((number, _without(cells, left_out)) for number, cells in below)
    filled_rows = (record for record in rows if "".join(record[1]).strip())
    return _trimmed(_without(headings, left_out)), filled_rows


def _without(cells: Sequence[str], places: Collection[int]) -> tuple[str, ...]:
    return tuple(cell for at, cell in enumerate(cells) if at not in places)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cells[: filled_width(cells)])
