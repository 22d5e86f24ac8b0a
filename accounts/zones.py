"""The time zone that a person reads times in."""

import importlib.resources
import zoneinfo
from functools import cache

from django.http import HttpRequest

COOKIE = "timezone"


@cache
def names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def by_country() -> dict[str, str]:
    """The first zone that the tz database lists for each country, its most populous one."""
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    zones: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone, *_rest = line.split("\t")
            zones.setdefault(country, zone)
    return zones


def viewer_zone(request: HttpRequest) -> str:
    user = request.user
    if user.is_authenticated and user.time_zone in names():
        return user.time_zone
    browser = request.COOKIES.get(COOKIE, "")
    if browser in names():
        return browser
    if user.is_authenticated:
        return by_country().get(str(user.usage_location or user.country), "UTC")
    return "UTC"
