"""Nights are counted once, each by the customer's own clock, and never with what came after."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import SeatDay, UserDay, UserMonth
from accounts.services.figures import nights, remember_figures
from accounts.services.figures.nights import count_nights
from accounts.services.figures.replay import days_then
from customers.models import Customer
from tests.accounts.services.figures.simulated import (
    BEGIN,
    Calendar,
    Life,
    calendar,
    figures,
    live,
)
from tests.factories import CustomerFactory, SubscriptionFactory
from tests.support.cast import Cast

__all__ = ["calendar"]

ONE = timedelta(days=1)


def days(customer: Customer) -> list[date]:
    return list(
        UserDay.objects.filter(customer=customer).order_by("day").values_list("day", flat=True)
    )


def test_a_night_is_counted_once(cast: Cast, calendar: Calendar) -> None:
    Life(cast).add("ann", seats=Life(cast).buy("Office", 3))
    assert calendar.night_after(BEGIN) == 1
    known = figures(cast.contoso)
    assert calendar.night_after(BEGIN) == 0
    assert count_nights(calendar.now) == 0
    assert figures(cast.contoso) == known
    assert [row[:4] for row in known["users"]] == [(BEGIN, 3, 1, 0)]


def test_a_day_is_not_over_before_midnight_by_the_customers_clock(
    cast: Cast, calendar: Calendar
) -> None:
    calendar.at(BEGIN, 23, 59)
    assert remember_figures(calendar.now) == 0
    # Some minutes are left to what is still being written.
    calendar.at(BEGIN + ONE, 0, 9)
    assert remember_figures(calendar.now) == 0
    calendar.at(BEGIN + ONE, 0, 10)
    assert remember_figures(calendar.now) == 1
    assert days(cast.contoso) == [BEGIN]


def test_what_happens_after_midnight_is_of_the_next_day(cast: Cast, calendar: Calendar) -> None:
    life = Life(cast)
    office = life.buy("Office", 3)
    calendar.at(BEGIN + ONE, 0, 5)
    life.add("ann", seats=office)
    calendar.at(BEGIN + ONE, 0, 15)
    # Not counted, since it is too late; the log knows it.
    assert count_nights(calendar.now) == 0
    assert remember_figures(calendar.now) == 1
    assert figures(cast.contoso)["users"] == [(BEGIN, 2, 0, 0, 0)]
    assert [row[2:5] for row in figures(cast.contoso)["seats"]] == [(3, 0, 0)]


def test_a_night_that_was_missed_is_filled(cast: Cast, calendar: Calendar) -> None:
    life = Life(cast)
    has: dict[str, Any] = {}
    plan = {
        BEGIN: lambda: has.update(office=life.buy("Office", 3)),
        date(2026, 11, 2): lambda: has.update(ann=life.add("ann", seats=has["office"])),
        date(2026, 11, 3): lambda: life.block(*has["ann"]),
        date(2026, 11, 4): lambda: life.delete(*has["ann"]),
    }
    off = {date(2026, 11, day) for day in (1, 2, 3)}
    until = date(2026, 11, 5)
    live(calendar, plan, until, lambda day: None if day in off else calendar.night_after(day))
    assert days(cast.contoso) == [BEGIN + ONE * number for number in range(7)]
    assert [row[1:] for row in figures(cast.contoso)["users"]] == [
        *[(2, 0, 0, 0)] * 3,
        *[(3, 1, 0, 0), (3, 0, 0, 0), (2, 0, 1, 0), (2, 0, 0, 0)],
    ]
    assert [row[2:5] for row in figures(cast.contoso)["seats"]] == [
        *[(3, 0, 0)] * 3,
        *[(3, 1, 0), (3, 1, 1), (3, 0, 0), (3, 0, 0)],
    ]


def test_clocks_are_put_back_and_the_day_is_longer(cast: Cast, calendar: Calendar) -> None:
    """In Madrid the 25th of October has 25 hours."""
    day = date(2026, 10, 25)
    Customer.objects.filter(pk=cast.contoso.pk).update(
        created_at=datetime(2026, 10, 24, 12, tzinfo=calendar.zone)
    )
    calendar.at(day, 23, 50)
    Life(cast).add("ann")
    calendar.night_after(day)
    assert [row[:3] for row in figures(cast.contoso)["users"]] == [(day - ONE, 2, 0), (day, 3, 1)]


def test_each_customer_has_its_own_midnight(cast: Cast, calendar: Calendar) -> None:
    zones = {"Pacific/Kiritimati": 11, "Pacific/Auckland": 11, "America/New_York": 10}
    made = {
        zone: CustomerFactory.create(partner=cast.fabrikam, name=zone, time_zone=zone)
        for zone in zones
    }
    begun = datetime(2026, 11, 9, tzinfo=calendar.zone)
    Customer.objects.update(created_at=begun)
    now = datetime(2026, 11, 11, 13, 30, tzinfo=calendar.zone)
    for customer in Customer.objects.all():
        UserDay.objects.create(
            customer=customer, day=date(2026, 11, 9), users=0, added=0, deleted=0, restored=0
        )
    while remember_figures(now - ONE):
        pass
    assert remember_figures(now) == 4
    for zone, customer in made.items():
        last = date(2026, 11, 11) if zone == "Pacific/Kiritimati" else date(2026, 11, 10)
        if zone == "Pacific/Auckland":
            last = date(2026, 11, 11)
        assert days(customer)[-1] == last, zone
    assert days(cast.contoso)[-1] == date(2026, 11, 10)


def test_a_customer_without_a_subscription_has_its_users_alone(
    cast: Cast, calendar: Calendar
) -> None:
    calendar.night_after(BEGIN)
    assert UserMonth.objects.get(customer=cast.contoso).users == 2
    assert not SeatDay.objects.exists()


def test_statements_do_not_grow_with_customers(
    cast: Cast, calendar: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now() + ONE
    counts = []
    for number in (2, 20):
        for customer in CustomerFactory.create_batch(
            number, partner=cast.fabrikam, time_zone=cast.contoso.time_zone
        ):
            SubscriptionFactory.create(customer=customer)
        Customer.objects.update(created_at=now - ONE)
        with django_assert_num_queries(8):
            counts.append(nights.count_nights(now))
        now += ONE
    assert counts == [3, 23]


def test_a_customer_whose_log_cannot_be_read_stops_no_other(
    cast: Cast, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam, time_zone=cast.contoso.time_zone)
    Customer.objects.update(created_at=calendar.now - 3 * ONE)

    def fails(customer: Customer, *args: Any) -> Any:
        if customer == cast.contoso:
            raise ValueError("unreadable")
        return days_then(customer, *args)

    monkeypatch.setattr("accounts.services.figures.filling.days_then", fails)
    calendar.night_after(BEGIN)
    assert days(other)[-1] == BEGIN
    assert days(cast.contoso) == []
