"""When something is due: a day and a time by a customer's clock, and the moment that follows.

The clock is the customer's own zone, else that of the country. Where clocks are put back, a time is
there twice and its first moment counts; where they are put forward, a time that is skipped stands
for the first moment after.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format

from customers.errors import Refused
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.zones import Zone, zone_of

__all__ = [
    "AHEAD",
    "LAST",
    "PASSED",
    "TOO_FAR",
    "Due",
    "due_at",
    "end_of_month",
    "end_of_today",
    "in_words",
    "moment",
    "moment_ahead",
    "zone_of",
]

PASSED = gettext_lazy("This time has passed. Choose a later one.")
AHEAD = timedelta(days=731)
TOO_FAR = gettext_lazy("Choose a date within the next 2 years.")
# The last minute of a day, as a field for a time shows it.
LAST = time(23, 59)


@dataclass(frozen=True, slots=True)
class Due:
    """A day and a time, by a clock that is named elsewhere."""

    on: date
    at: time


def moment(due: Due, zone: str) -> datetime:
    """Return the moment, in UTC, at which it is due by the clock of the zone."""
    clock = Zone(zone)
    wanted = datetime.combine(due.on, due.at)
    found = wanted.replace(tzinfo=clock).astimezone(UTC)
    if found.astimezone(clock).replace(tzinfo=None) == wanted:
        return found
    # Skipped: the clock was put forward between these two.
    before, after = wanted.replace(tzinfo=clock, fold=1).astimezone(UTC), found
    old = before.astimezone(clock).utcoffset()
    while (seconds := (after - before).total_seconds()) > 1:
        middle = before + timedelta(seconds=seconds // 2)
        if middle.astimezone(clock).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def moment_ahead(due: Due, zone: str, now: datetime | None = None) -> datetime:
    """Return the moment. Refused where it is over, or so far off that nobody would remember."""
    now, found = now or timezone.now(), moment(due, zone)
    if found <= now:
        raise Refused(PASSED, code="due-over", field="on")
    if found > now + AHEAD:
        raise Refused(TOO_FAR, code="due-too-far", field="on")
    return found


def due_at(at: datetime, zone: str) -> Due:
    """Return what the clock of the zone shows at this moment."""
    local = at.astimezone(Zone(zone))
    return Due(local.date(), local.time().replace(second=0, microsecond=0))


def end_of_today(zone: str, now: datetime | None = None) -> Due:
    """Return the last minute of the day that it is; in that minute, of the next day."""
    now = now or timezone.now()
    today = now.astimezone(Zone(zone)).date()
    due = Due(today, LAST)
    return due if moment(due, zone) > now else Due(today + timedelta(days=1), LAST)


def end_of_month(zone: str, now: datetime | None = None) -> Due:
    """Return the last minute of the month that it is; in that minute, of the next month."""
    day = end_of_today(zone, now).on
    return Due(day.replace(day=calendar.monthrange(day.year, day.month)[1]), LAST)


def in_words(on: date, at: time, zone: str) -> str:
    """Return the day and the time with whose clock that is."""
    place = zone.rpartition("/")[2].replace("_", " ")
    shown = {"date": date_format(on), "time": time_format(at)}
    if zone == "UTC":
        return _("%(date)s, %(time)s UTC") % shown
    return _("%(date)s, %(time)s (%(place)s time)") % {**shown, "place": place}
