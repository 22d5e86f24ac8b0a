"""Time zones: those of the tz database, from which users and customers choose."""

import importlib.resources
import zoneinfo
from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from customers.models import Customer

CHOOSE_ZONE = gettext_lazy("Choose a time zone from the list.")

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


def by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones that are offered by region, each with its place as one says it."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(places()):
        region, _slash, place = name.partition("/")
        regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return list(regions.items())


def zone_of(customer: "Customer") -> str:
    """Return the zone by whose clock the days of a customer begin: its own, else its country's."""
    if customer.time_zone in names():
        return customer.time_zone
    return by_country().get(str(customer.country), "UTC")
