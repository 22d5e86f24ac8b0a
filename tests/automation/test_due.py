"""When something is due: the table of what calendars and clocks do."""

from datetime import UTC, date, datetime, time

import pytest

from automation.due import Due, due_at, end_of_month, end_of_today, moment, zone_of
from customers.models import Customer

BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(text: str) -> Due:
    wanted = datetime.fromisoformat(text)
    return Due(wanted.date(), wanted.time())


@pytest.mark.parametrize(
    "wanted, zone, found",
    [
        # An ordinary day, in winter and in summer.
        ("2027-01-15 18:00", BERLIN, "2027-01-15 17:00"),
        ("2027-07-15 18:00", BERLIN, "2027-07-15 16:00"),
        ("2027-07-15 18:00", "UTC", "2027-07-15 18:00"),
        # Clocks are put forward at 02:00: what is skipped is the first moment after.
        ("2027-03-28 01:59", BERLIN, "2027-03-28 00:59"),
        ("2027-03-28 02:00", BERLIN, "2027-03-28 01:00"),
        ("2027-03-28 02:30", BERLIN, "2027-03-28 01:00"),
        ("2027-03-28 02:59", BERLIN, "2027-03-28 01:00"),
        ("2027-03-28 03:00", BERLIN, "2027-03-28 01:00"),
        ("2027-03-14 02:30", NEW_YORK, "2027-03-14 07:00"),
        ("2027-10-03 02:30", SYDNEY, "2027-10-02 16:00"),
        # By half an hour, and at midnight.
        ("2027-10-03 02:10", "Australia/Lord_Howe", "2027-10-02 15:30"),
        ("2027-03-28 00:30", "Asia/Beirut", "2027-03-27 22:00"),
        # Clocks are put back at 03:00: what is there twice is the first of the two.
        ("2027-10-31 01:59", BERLIN, "2027-10-30 23:59"),
        ("2027-10-31 02:00", BERLIN, "2027-10-31 00:00"),
        ("2027-10-31 02:30", BERLIN, "2027-10-31 00:30"),
        ("2027-10-31 03:00", BERLIN, "2027-10-31 02:00"),
        ("2027-11-07 01:30", NEW_YORK, "2027-11-07 05:30"),
        # A whole day that an island went without.
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 10:00"),
        # Ends of months and years, and a leap day.
        ("2027-12-31 23:59", "Pacific/Kiritimati", "2027-12-31 09:59"),
        ("2027-12-31 23:59", "Pacific/Pago_Pago", "2028-01-01 10:59"),
        ("2028-02-29 00:00", BERLIN, "2028-02-28 23:00"),
        ("2028-02-29 23:59", "Asia/Kolkata", "2028-02-29 18:29"),
    ],
)
def test_a_day_and_a_time_are_one_moment(wanted: str, zone: str, found: str) -> None:
    assert moment(due(wanted), zone) == at(found)


def test_no_minute_of_a_year_is_lost_or_out_of_order() -> None:
    """Of two times the later one is never due before the other."""
    last = moment(Due(date(2027, 1, 1), time(0)), BERLIN)
    for month in (3, 10):
        for day in range(24, 32):
            for minute in range(0, 24 * 60, 7):
                on = Due(date(2027, month, day), time(minute // 60, minute % 60))
                found = moment(on, BERLIN)
                assert found >= last
                last = found
                shown = due_at(found, BERLIN)
                assert shown == on or (shown.on, shown.at) == (on.on, time(3))


@pytest.mark.parametrize(
    "now, zone, day",
    [
        ("2027-01-15 22:58", BERLIN, "2027-01-15"),
        # It is that minute already, or the next day there.
        ("2027-01-15 22:59", BERLIN, "2027-01-16"),
        ("2027-01-15 23:01", BERLIN, "2027-01-16"),
        ("2027-01-15 11:00", "Pacific/Kiritimati", "2027-01-16"),
        ("2027-01-15 05:00", "Pacific/Pago_Pago", "2027-01-14"),
    ],
)
def test_today_ends_by_the_customers_clock(now: str, zone: str, day: str) -> None:
    assert end_of_today(zone, at(now)) == Due(date.fromisoformat(day), time(23, 59))


@pytest.mark.parametrize(
    "now, zone, day",
    [
        ("2027-02-10 12:00", BERLIN, "2027-02-28"),
        ("2028-02-10 12:00", BERLIN, "2028-02-29"),
        ("2027-04-30 21:58", BERLIN, "2027-04-30"),
        ("2027-04-30 21:59", BERLIN, "2027-05-31"),
        ("2027-12-31 22:59", BERLIN, "2028-01-31"),
        ("2027-12-31 12:00", "Pacific/Kiritimati", "2028-01-31"),
    ],
)
def test_a_month_ends_on_its_last_day(now: str, zone: str, day: str) -> None:
    assert end_of_month(zone, at(now)) == Due(date.fromisoformat(day), time(23, 59))


@pytest.mark.parametrize(
    "customer, zone",
    [
        (Customer(time_zone="Asia/Tokyo", country="DE"), "Asia/Tokyo"),
        (Customer(country="DE"), "Europe/Berlin"),
        (Customer(country="US"), "America/New_York"),
        (Customer(), "UTC"),
        (Customer(time_zone="Mars/Olympus", country="DE"), "Europe/Berlin"),
    ],
)
def test_the_clock_is_the_customers_own_or_the_countrys(customer: Customer, zone: str) -> None:
    assert zone_of(customer) == zone


def test_what_a_clock_shows_is_told_to_the_minute() -> None:
    assert due_at(at("2027-07-15 16:00:31"), BERLIN) == due("2027-07-15 18:00")
