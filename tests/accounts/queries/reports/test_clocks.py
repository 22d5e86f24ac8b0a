"""Days and months by the clocks of all customers."""

from datetime import UTC, date, datetime

from accounts.queries.reports.clocks import (
    Clocks,
    begin_of,
    first_of,
    last_night,
    month_after,
    month_before,
    today,
)
from customers.models import Customer
from tests.factories import CustomerFactory
from tests.support.cast import Cast


def test_months_follow_on_each_other() -> None:
    assert first_of(date(2026, 12, 31)) == date(2026, 12, 1)
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_after(date(2026, 1, 31)) == date(2026, 2, 1)
    assert month_before(date(2027, 1, 31)) == date(2026, 12, 1)


def test_a_night_is_over_some_minutes_after_midnight_by_the_clock() -> None:
    zone = "Asia/Kathmandu"
    midnight = begin_of(date(2026, 11, 5), zone)
    assert midnight == datetime(2026, 11, 4, 18, 15, tzinfo=UTC)
    assert today(zone, midnight) == date(2026, 11, 5)
    assert last_night(zone, midnight.replace(minute=24)) == date(2026, 11, 3)
    assert last_night(zone, midnight.replace(minute=25)) == date(2026, 11, 4)


def test_a_customers_own_zone_goes_before_that_of_the_country(cast: Cast) -> None:
    for name, own in (("Own", "Pacific/Auckland"), ("Country", ""), ("Gone", "Mars/Olympus")):
        CustomerFactory.create(partner=cast.fabrikam, name=name, country="JP", time_zone=own)
    now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    clocks = Clocks.of_all()
    rows = Customer.objects.annotate(day=clocks.days(lambda zone: today(zone, now)))
    found = dict(rows.values_list("name", "day"))
    assert found["Own"] == date(2026, 11, 5)
    assert found["Country"] == found["Gone"] == date(2026, 11, 4)
    begin = clocks.moments(lambda zone: begin_of(today(zone, now), zone))
    moments = dict(Customer.objects.annotate(begin=begin).values_list("name", "begin"))
    assert moments["Country"] == datetime(2026, 11, 3, 15, tzinfo=UTC)
    assert moments["Own"] == datetime(2026, 11, 4, 11, tzinfo=UTC)
