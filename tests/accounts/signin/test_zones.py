"""The time zone that someone reads times in: own choice, browser, country, in that order."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User
from accounts.signin import zones

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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


def test_every_zone_that_is_offered_can_be_told_the_time_by() -> None:
    assert zones.places() <= zones.names()
    assert set(zones.by_country().values()) <= zones.places()
    assert len(zones.by_country()) > 200
    assert all(zoneinfo.ZoneInfo(zone) for zone in zones.by_country().values())


def test_names_of_old_are_known_and_not_offered() -> None:
    assert "US/Pacific" in zones.names()
    assert "US/Pacific" not in zones.places()


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Manila", "UTC"])
def test_no_zone_shifts_a_moment_beyond_the_calendar(name: str) -> None:
    zone = zones.Zone(name)
    for end in (FIRST, LAST):
        there = end.astimezone(zone)
        assert (there.replace(tzinfo=UTC), there.utcoffset()) == (end, timedelta(0))
        assert end.replace(tzinfo=zone).astimezone(UTC) == end


def test_all_other_days_are_the_zones_own() -> None:
    for year in (2, 1900, 2026, 9998):
        for month in (1, 7):
            moment = datetime(year, month, 15, 12, 30, tzinfo=UTC)
            there = moment.astimezone(zones.Zone("Europe/Oslo"))
            expected = moment.astimezone(zoneinfo.ZoneInfo("Europe/Oslo"))
            assert (there.isoformat(), there.tzname()) == (expected.isoformat(), expected.tzname())
    assert str(zones.Zone("Europe/Oslo")) == "Europe/Oslo"
