"""Days in cells, as offices write them."""

import re
from datetime import date

from accounts.services.users.starts import AHEAD, TOO_FAR
from accounts.widgets import Suggested
from customers.said import gettext as _

# Where 3/4/2027 is the fourth of March.
MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR", "VI", "AS", "MP"})
_FOUR = 4
_MONTHS = 12
_PARTS = re.compile(r"\s*(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\s*")
# A time behind the day, as a spreadsheet shows a moment, says nothing of a first day.
_CLOCK = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2})?(\.\d+)?\s*([AP]M)?Z?\s*$", re.IGNORECASE)


def read_day(cell: str, country: str) -> date:
    """Return the day that a cell means; ValueError says how to write one.

    Day and month are in the order of the customer's country, unless the dots of Europe or a number
    above 12 say otherwise; a year of four digits comes first or last.
    """
    found = _PARTS.fullmatch(_CLOCK.sub("", cell))
    if found is None:
        raise _not_a_day(cell)
    first, sign, middle, last = found.groups()
    if len(first) == _FOUR:
        year, month, day = int(first), int(middle), int(last)
    elif len(last) == _FOUR:
        year, day, month = int(last), int(first), int(middle)
        is_month_first = sign != "." and country in MONTH_FIRST
        if month > _MONTHS or (is_month_first and day <= _MONTHS):
            day, month = month, day
    else:
        raise _not_a_day(cell)
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_day(cell) from None


def check_ahead(day: date, today: date) -> None:
    """Raise ValueError for a day that is further ahead than anybody plans."""
    if day > today + AHEAD:
        raise Suggested(str(TOO_FAR), "", cause="far")


def _not_a_day(cell: str) -> Suggested:
    text = _("“%(value)s” is not a date. Enter one such as 2027-03-31, or 31.03.2027.")
    return Suggested(text % {"value": cell.strip()[:40]}, "", cause="date")
