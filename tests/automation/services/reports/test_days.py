"""On which days reports go out: short months, leap days, weeks, and clocks that are changed."""

from datetime import UTC, date, datetime, time

import pytest

from automation.models import Rhythm
from automation.services.reports.days import (
    day_after,
    days_of,
    is_due,
    next_day,
    today_of,
    zone_of_report,
)
from tests.factories import ScheduledReportFactory
from tests.support.cast import Cast

MONTHLY, WEEKLY = Rhythm.MONTHLY, Rhythm.WEEKLY


@pytest.mark.parametrize(
    ("rhythm", "day", "after", "expected"),
    [
        (MONTHLY, 1, date(2027, 1, 1), date(2027, 2, 1)),
        (MONTHLY, 31, date(2027, 1, 31), date(2027, 2, 28)),
        (MONTHLY, 31, date(2027, 2, 28), date(2027, 3, 31)),
        (MONTHLY, 30, date(2028, 1, 30), date(2028, 2, 29)),
        (MONTHLY, 15, date(2027, 12, 20), date(2028, 1, 15)),
        (WEEKLY, 1, date(2027, 3, 1), date(2027, 3, 8)),
        (WEEKLY, 7, date(2027, 3, 1), date(2027, 3, 7)),
    ],
)
def test_the_next_day(rhythm: Rhythm, day: int, after: date, expected: date) -> None:
    assert day_after(rhythm, day, after) == expected


def test_the_days_that_it_is_about_begin_with_the_one_before(cast: Cast) -> None:
    report = ScheduledReportFactory.create(partner=cast.fabrikam, day=31)
    assert days_of(report, date(2027, 2, 28)) == (date(2027, 1, 31), date(2027, 2, 27))
    report.rhythm = WEEKLY
    assert days_of(report, date(2027, 3, 1)) == (date(2027, 2, 22), date(2027, 2, 28))


def test_the_clock_is_the_customers_or_the_partners(cast: Cast) -> None:
    cast.contoso.time_zone = "Pacific/Auckland"
    cast.contoso.save(update_fields=["time_zone"])
    of_partner = ScheduledReportFactory.create(partner=cast.fabrikam)
    of_customer = ScheduledReportFactory.create(partner=cast.fabrikam, customer=cast.contoso)
    assert zone_of_report(of_customer) == "Pacific/Auckland"
    late = datetime(2027, 1, 31, 20, tzinfo=UTC)
    assert today_of(of_customer, late) == date(2027, 2, 1)
    assert is_due(of_customer, date(2027, 2, 1), late)
    assert not is_due(of_partner, date(2027, 2, 1), late)


def test_today_counts_until_the_time_of_day(cast: Cast) -> None:
    cast.contoso.time_zone = "Europe/Berlin"
    cast.contoso.save(update_fields=["time_zone"])
    report = ScheduledReportFactory.create(partner=cast.fabrikam, customer=cast.contoso, at=time(7))
    assert next_day(report, datetime(2027, 2, 1, 5, tzinfo=UTC)) == date(2027, 2, 1)
    assert next_day(report, datetime(2027, 2, 1, 6, 1, tzinfo=UTC)) == date(2027, 3, 1)
