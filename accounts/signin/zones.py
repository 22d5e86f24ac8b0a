"""The time zone that a user reads times in."""

import importlib.resources
import zoneinfo
from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from ..models import User

COOKIE = "timezone"
_NONE = timedelta(0)


class Zone(zoneinfo.ZoneInfo):
    """A time zone that shifts no moment beyond the calendar, where Python has an error for it.

    The first day of the year 1 and the last one of 9999 are those of UTC: in a filter, in a column,
    on a page.
    """

    def utcoffset(self, dt: datetime | None, /) -> timedelta | None:
        return _NONE if _is_at_an_end(dt) else super().utcoffset(dt)

    def fromutc(self, dt: datetime, /) -> datetime:
        return dt if _is_at_an_end(dt) else super().fromutc(dt)


def _is_at_an_end(moment: datetime | None) -> bool:
    if moment is None or 1 < moment.year < MAXYEAR:
        return False
    return (moment.year, moment.month, moment.day) in {(1, 1, 1), (MAXYEAR, 12, 31)}


@cache
def names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def places() -> frozenset[str]:
    """Return the zones that are places, from which users choose, without the names of old."""
    return frozenset(name for _country, name in _table())


@cache
def by_country() -> dict[str, str]:
    """Return each country's first zone in the tz database, which is its most populous one."""
    zones: dict[str, str] = {}
    for country, zone in _table():
        zones.setdefault(country, zone)
    return zones


def _table() -> Iterator[tuple[str, str]]:
    """Yield the tz database's rows, country and zone, a country's most populous zone first."""
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone, *_rest = line.split("\t")
            yield country, zone


def viewer_zone(request: HttpRequest) -> str:
    user = request.user
    if user.is_authenticated and user.time_zone in names():
        return user.time_zone
    browser = request.COOKIES.get(COOKIE, "")
    if browser in names():
        return browser
    return home_zone(user) if user.is_authenticated else "UTC"


def home_zone(user: "User") -> str:
    """Return the user's own zone, else the country's, else UTC: where there is no browser."""
    if user.time_zone in names():
        return user.time_zone
    return by_country().get(str(user.usage_location or user.country), "UTC")
