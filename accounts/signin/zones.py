"""The time zone that a user reads times in."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from customers.zones import by_country, names

if TYPE_CHECKING:
    from ..models import User

COOKIE = "timezone"


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
