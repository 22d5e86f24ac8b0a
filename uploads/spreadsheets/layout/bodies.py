"""The rows below the headings: users, and between or after them what is none."""

import re
from collections.abc import Iterator, Sequence

from accounts.columns import USER_NAME
from customers.formats import figure
from customers.said import ngettext

from ...columns.secrets import is_secret
from ...errors import FileRefused
from ...headings import column_of
from ..tables import Row
from .findings import Found
from .heading_rows import filled, filled_width, has_address, is_remark, known_columns

# So many rows of notes wait for the end; more of them are a part of the table.
_NOTES = 20
# So much of the values without a heading is kept to be shown.
_STRAY_LENGTH = 80
_LAST_LINE = re.compile(
    r"\s*(grand total|sub ?total|total|sum|count|number of|summe|gesamt|anzahl|nombre|totale|totaal"
    r"|aantal|suma|razem|numero|número|exported|exportiert|generated|created on|printed|page \d"
    r"|seite \d|end of|source)\b",
    re.IGNORECASE,
)


class Body:
    """Walks the rows; `found` is told of those that are left out."""

    def __init__(self, headings: tuple[str, ...], found: Found, row_limit: int) -> None:
        self.headings = headings
        # Below a heading of passwords nothing comes, not even the heading again.
        texts = ["" if is_secret(heading) else heading.strip() for heading in headings]
        self.texts = texts[: filled_width(texts)]
        self.named = {heading for heading in headings if heading.strip()}
        self.found = found
        self.row_limit = row_limit
        self.width = len(headings)
        self.unnamed = [at for at, heading in enumerate(headings) if not heading.strip()]
        columns = [column_of(heading) for heading in headings]
        self.name_at = columns.index(USER_NAME) if USER_NAME in columns else -1
        # Rows that are notes, if nothing but notes follows.
        self.pending: list[tuple[int, Sequence[str]]] = []
        self.in_other = False
        # Whether there are rows above, which notes could be below.
        self.has_rows = False

    def rows(self, filled_ones: Iterator[tuple[int, Sequence[str]]], last: int) -> Iterator[Row]:
        """Yield the users' rows; `last` is the number of the row with the headings."""
        count, name_at = 0, self.name_at
        for number, cells in filled_ones:
            if (
                number != last + 1
                or name_at < 0
                or name_at >= len(cells)
                or "@" not in cells[name_at]
                or self.pending
                or self.in_other
            ):
                is_below_gap, last = number != last + 1, number
                if self._is_no_user(number, cells, is_below_gap=is_below_gap):
                    continue
                pending, self.pending = self.pending, []
                count += len(pending)
                for note in pending:
                    yield self._row(*note)
            last = number
            self.has_rows = True
            count += 1
            if count > self.row_limit:
                text = ngettext(
                    "The file has more than %(limit)s row. Split it, and upload one part after the"
                    " other.",
                    "The file has more than %(limit)s rows. Split it, and upload one part after the"
                    " other.",
                    self.row_limit,
                )
                limit = figure(self.row_limit)
                raise FileRefused(text % {"limit": limit}, code="file-too-many-rows")
            yield self._row(number, cells)
        for _number, cells in self.pending:
            self.found.quote(cells)

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        width, unnamed = self.width, self.unnamed
        if len(cells) == width and not unnamed:
            # Nearly all rows.
            return Row(number, tuple(cells))
        padded = (*cells[:width], *[""] * (width - len(cells)))
        strays = [padded[at] for at in unnamed] + list(cells[width:])
        # A value can be repeated over a thousand cells.
        beyond = " ".join(dict.fromkeys(text for cell in strays if (text := cell.strip())))
        return Row(number, padded, beyond[:_STRAY_LENGTH])

    def _is_no_user(self, number: int, cells: Sequence[str], *, is_below_gap: bool) -> bool:
        """Whether the row is left out, for now at least."""
        if [cell.strip() for cell in cells[: filled_width(cells)]] == self.texts:
            # The headings again, perhaps with the title of a page above them.
            for _number, note in self.pending:
                self.found.quote(note)
            self.pending, self.in_other = [], False
            self.found.repeated += 1
            return True
        is_apart = is_below_gap or bool(self.pending)
        if (is_apart or not self.named.isdisjoint(cells)) and not has_address(cells):
            # Headings of another table, right below as well where they are of passwords.
            known, of_secrets = len(known_columns(cells)), sum(map(is_secret, cells))
            are_headings = filled(cells) >= 2 and 2 * (known + of_secrets) >= filled(cells)
            self.in_other |= are_headings and (of_secrets > 0 or (is_below_gap and known >= 2))
        if self.in_other:
            self.found.other += 1
            return True
        may_be_note = self.has_rows and len(self.pending) < _NOTES
        if may_be_note and self._is_note(cells, after_gap=is_below_gap):
            self.pending.append((number, cells))
            return True
        return False

    def _is_note(self, cells: Sequence[str], *, after_gap: bool) -> bool:
        if "@" in "".join(cells):
            return False
        texts = [cell.strip() for cell in cells if cell.strip()]
        is_last_line = bool(_LAST_LINE.match(texts[0]))
        if len(texts) == 2:
            return is_last_line and not any(char.isalpha() for char in texts[1])
        if len(texts) > 1:
            return False
        is_sentence = " " in texts[0]
        is_below = after_gap or bool(self.pending) or (is_sentence and is_remark(cells))
        if self.width == 1:
            return is_below and is_sentence
        return is_below or is_last_line
