"""A month that is lived through: what is done on its days, and the nights between them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import SeatDay, SeatMonth, User, UserDay, UserMonth
from accounts.services.figures import remember_figures
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import (
    add_users,
    allow_users,
    block_users,
    delete_users,
    restore_users,
)
from accounts.services.users.new_users import License, NewUser
from customers.models import Customer
from customers.zones import Zone, zone_of
from licensing.models import Subscription
from licensing.services.subscriptions import add_subscription, cancel_subscription, change_seats
from tests.factories import ProductFactory
from tests.support.cast import Cast

MADRID = "Europe/Madrid"
BEGIN = date(2026, 10, 30)
RENEWS = date(2030, 1, 1)
GIVE, TAKE = LicenseChange(have=True), LicenseChange(have=False)
Figures = dict[str, list[tuple[Any, ...]]]


class Calendar:
    """The clock of the simulation, which stands still until a day comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, customer: Customer) -> None:
        self.customer, self.now = customer, datetime.now(UTC)
        self.zone = Zone(zone_of(customer))
        monkeypatch.setattr(timezone, "now", self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        self.now = datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def night_after(self, day: date) -> int:
        """A quarter past midnight."""
        self.at(day + timedelta(days=1), 0, 15)
        return remember_figures(self.now)


@pytest.fixture
def calendar(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """Contoso begins on the first day, with gail and uma; there is no other customer."""
    Customer.objects.exclude(pk=cast.contoso.pk).delete()
    cast.contoso.time_zone = MADRID
    calendar = Calendar(monkeypatch, cast.contoso)
    calendar.at(BEGIN, 8)
    cast.contoso.created_at = calendar.now
    cast.contoso.save(update_fields=["time_zone", "created_at"])
    return calendar


class Life:
    """What Alice does at Contoso."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.same: dict[str, Any] = {"customer": cast.contoso, "actor": cast.alice}
        self.domain = cast.contoso.domains.get(is_primary=True)

    def buy(self, product: str, seats: int) -> Subscription:
        return add_subscription(
            self.cast.contoso,
            ProductFactory.create(name=product),
            quantity=seats,
            renews_on=RENEWS,
            actor=self.cast.alice,
        )

    def seats(self, subscription: Subscription, seats: int) -> None:
        change_seats(subscription, seats, actor=self.cast.alice)

    def cancel(self, subscription: Subscription) -> None:
        cancel_subscription(subscription, actor=self.cast.alice)

    def add(self, *names: str, seats: Subscription | None = None) -> list[User]:
        licenses = (License(seats.pk),) if seats else ()
        wanted = [
            NewUser(name, self.domain, name.title(), {"usage_location": "ES"}, licenses=licenses)
            for name in names
        ]
        add_users(wanted, **self.same)
        found = User.objects.filter(username__in=[f"{name}@{self.domain}" for name in names])
        return list(found.order_by("username"))

    def give(self, subscription: Subscription, *users: User) -> None:
        change_licenses(users, {subscription.pk: GIVE}, **self.same)

    def move(self, one: Subscription, other: Subscription, *users: User) -> None:
        change_licenses(users, {one.pk: TAKE, other.pk: GIVE}, **self.same)

    def block(self, *users: User) -> None:
        block_users(users, **self.same)

    def allow(self, *users: User) -> None:
        allow_users(users, **self.same)

    def delete(self, *users: User) -> None:
        delete_users(users, **self.same)

    def restore(self, *users: User) -> None:
        restore_users(users, **self.same)


def figures(customer: Customer) -> Figures:
    """All that is remembered of a customer."""
    seats = ("subscription", "bought", "assigned", "blocked", "price", "currency")
    users = ("users", "added", "deleted", "restored")
    months = ("month", "first_day", "last_day", "peak")
    own = {"customer": customer}
    return {
        "seats": list(
            SeatDay.objects.filter(**own).order_by("day", "subscription").values_list("day", *seats)
        ),
        "users": list(UserDay.objects.filter(**own).order_by("day").values_list("day", *users)),
        "seats of months": sorted(SeatMonth.objects.filter(**own).values_list(*months, *seats)),
        "users of months": sorted(UserMonth.objects.filter(**own).values_list(*months, *users)),
    }


def forget(customer: Customer) -> None:
    for model in (SeatDay, SeatMonth, UserDay, UserMonth):
        model.objects.filter(customer=customer).delete()


def live(
    calendar: Calendar,
    plan: dict[date, Callable[[], Any]],
    until: date,
    night: Callable[[date], Any],
) -> None:
    """Do on each day what is planned, and what is done in each night."""
    day = BEGIN
    while day <= until:
        if day in plan:
            calendar.at(day, 15)
            plan[day]()
        night(day)
        day += timedelta(days=1)
