"""The zones of the tz database, as far as they are offered and told the time by."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from customers import zones

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
