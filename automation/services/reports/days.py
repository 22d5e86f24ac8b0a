"""On which day a report goes out, by whose clock, and which days it is about."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from customers.zones import Zone, by_country

from ...due import Due, moment, zone_of
from ...models import Rhythm, ScheduledReport

WEEK = timedelta(days=7)
ONE = timedelta(days=1)


def zone_of_report(report: ScheduledReport) -> str:
    """Return the zone of the customer whose report it is, else that of the partner's country."""
    if report.customer is not None:
        return zone_of(report.customer)
    return by_country().get(str(report.partner.country), "UTC")


def day_after(rhythm: str, day: int, after: date) -> date:
    """Return the first such day after this one; of a short month, the last."""
    if rhythm == Rhythm.WEEKLY:
        return after + timedelta(days=(day - 1 - after.weekday()) % 7 or 7)
    found = _in_month(after, day)
    # The first of a month and 31 days is a day of the next one.
    return found if found > after else _in_month(after.replace(day=1) + timedelta(days=31), day)


def today_of(report: ScheduledReport, now: datetime) -> date:
    """Return the day that it is by the report's clock."""
    return now.astimezone(Zone(zone_of_report(report))).date()


def next_day(report: ScheduledReport, now: datetime) -> date:
    """Return the next day on which it goes out: today, where the time of day is still to come."""
    today = today_of(report, now)
    on = day_after(report.rhythm, report.day, today - ONE)
    return day_after(report.rhythm, report.day, on) if is_due(report, on, now) else on


def days_of(report: ScheduledReport, on: date) -> tuple[date, date]:
    """Return the first and the last day that a report of this day is about."""
    if report.rhythm == Rhythm.WEEKLY:
        return on - WEEK, on - ONE
    return _in_month(on.replace(day=1) - ONE, report.day), on - ONE


def is_due(report: ScheduledReport, on: date, now: datetime) -> bool:
    """Return whether a report of this day has to go out by now."""
    return moment(Due(on, report.at), zone_of_report(report)) <= now


def _in_month(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))
