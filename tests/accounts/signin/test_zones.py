"""The time zone that someone reads times in: own choice, browser, country, in that order."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User
from accounts.signin import zones


def request_of(user: User | None, browser: str = "") -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.COOKIES[zones.COOKIE] = browser
    return request


def test_ones_own_zone_goes_before_the_browsers() -> None:
    user = User(time_zone="Asia/Tokyo", usage_location="DE")
    assert zones.viewer_zone(request_of(user, "Europe/Paris")) == "Asia/Tokyo"


def test_the_browsers_goes_before_the_country() -> None:
    user = User(usage_location="DE")
    assert zones.viewer_zone(request_of(user, "Europe/Paris")) == "Europe/Paris"
    assert zones.viewer_zone(request_of(user)) == "Europe/Berlin"


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "../../etc/passwd", "europe/paris", "\0", " "])
def test_a_zone_that_there_is_not_is_passed_over(unknown: str) -> None:
    user = User(time_zone=unknown, usage_location="JP")
    assert zones.viewer_zone(request_of(user, unknown)) == "Asia/Tokyo"
    assert zones.viewer_zone(request_of(None, unknown)) == "UTC"


def test_a_stranger_reads_in_the_zone_of_the_browser() -> None:
    assert zones.viewer_zone(request_of(None, "Asia/Kolkata")) == "Asia/Kolkata"


@pytest.mark.parametrize(
    "user, zone",
    [
        (User(time_zone="Asia/Tokyo", usage_location="DE"), "Asia/Tokyo"),
        (User(usage_location="DE", country="FR"), "Europe/Berlin"),
        (User(country="FR"), "Europe/Paris"),
        (User(usage_location="US"), "America/New_York"),
        (User(), "UTC"),
    ],
)
def test_without_a_browser_it_is_the_setting_or_the_country(user: User, zone: str) -> None:
    assert zones.home_zone(user) == zone
