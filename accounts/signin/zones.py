"""The time zone that a user reads times in."""

import importlib.resources
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from ..models import User

COOKIE = "timezone"


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
