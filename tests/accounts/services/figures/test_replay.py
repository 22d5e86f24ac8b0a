"""A month from the log is the month that the nights have counted."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services.users import purge_due_users
from accounts.services.users.purging import remove_rows
from customers.models import BatchKind
from customers.services.batches import open_batch
from licensing.services.own_products import OwnFacts, add_own_product, change_own_product
from licensing.services.seats import release_all
from licensing.services.subscriptions import add_subscription
from tests.accounts.services.figures.simulated import (
    BEGIN,
    RENEWS,
    Calendar,
    Life,
    calendar,
    figures,
    forget,
    live,
)
from tests.support.cast import Cast

__all__ = ["calendar"]


def nov(day: int) -> date:
    return date(2026, 11, day)


def a_busy_month(life: Life, calendar: Calendar) -> dict[date, Callable[[], Any]]:
    """Bought, cut, moved, blocked, deleted, restored, purged, canceled and bought anew."""
    has: dict[str, Any] = {}

    def first() -> None:
        has["office"] = life.buy("Office", 10)
        has["phone"] = life.buy("Phone", 4)
        has["ann"], has["ben"], has["cem"] = life.add("ann", "ben", "cem", seats=has["office"])

    def deleted_and_back() -> None:
        life.delete(has["ben"], has["cem"])
        life.restore(has["ben"])

    def canceled_and_bought_anew() -> None:
        life.cancel(has["office"])
        # The product as before: its name alone doesn't tell which of both a license is of.
        has["office"] = add_subscription(
            life.cast.contoso,
            has["office"].product,
            quantity=7,
            renews_on=RENEWS,
            actor=life.cast.alice,
        )
        life.give(has["office"], has["ben"])
        has["dora"] = life.add("dora")[0]

    def purged() -> None:
        life.delete(has["dora"])
        User.objects.filter(pk=has["dora"].pk).update(
            purge_after=calendar.now, deleted_at=calendar.now
        )
        purge_due_users()

    return {
        BEGIN: first,
        nov(2): lambda: life.seats(has["office"], 25),
        nov(3): lambda: life.move(has["office"], has["phone"], has["ann"]),
        nov(4): lambda: life.block(has["ann"], has["ben"]),
        nov(6): deleted_and_back,
        nov(9): lambda: life.seats(has["office"], 5),
        nov(12): lambda: life.allow(has["ben"]),
        nov(15): canceled_and_bought_anew,
        nov(16): lambda: life.give(has["phone"], has["dora"]),
        nov(17): lambda: life.block(has["dora"]),
        nov(20): purged,
    }


def test_the_log_tells_the_same_as_the_nights(cast: Cast, calendar: Calendar) -> None:
    plan = a_busy_month(Life(cast), calendar)
    live(calendar, plan, date(2026, 12, 2), calendar.night_after)
    counted = figures(cast.contoso)
    assert len(counted["users"]) == 34
    forget(cast.contoso)
    assert calendar.night_after(date(2026, 12, 2)) == 1
    assert figures(cast.contoso) == counted
    users = {day: tuple(rest) for day, *rest in counted["users"]}
    # gail, uma, ann, ben and cem; then dora comes and is deleted, and is purged on the same day.
    assert users[BEGIN] == (5, 3, 0, 0)
    assert users[nov(6)] == (4, 0, 2, 1)
    assert users[nov(15)] == (5, 1, 0, 0)
    assert users[nov(20)] == (4, 0, 1, 0)
    assert users[date(2026, 12, 2)] == (4, 0, 0, 0)
    office, phone, anew = cast.contoso.subscriptions.order_by("pk").values_list("pk", flat=True)
    seats = {(day, pk): tuple(rest) for day, pk, *rest, _price, _currency in counted["seats"]}
    assert seats[nov(1), office] == (10, 3, 0)
    assert seats[nov(3), office] == (25, 2, 0)
    assert seats[nov(3), phone] == (4, 1, 0)
    assert seats[nov(4), office] == (25, 2, 1)
    # Ben is back with the license, still blocked; cem is gone.
    assert seats[nov(6), office] == (25, 1, 1)
    assert seats[nov(9), office] == (5, 1, 1)
    assert seats[nov(12), office] == (5, 1, 0)
    # Canceled: the rest of the month has zeros, and the next one nothing.
    assert seats[nov(15), office] == seats[nov(30), office] == (0, 0, 0)
    assert (date(2026, 12, 1), office) not in seats
    assert seats[nov(15), anew] == (7, 1, 0)
    # Dora held a license, was blocked, and is gone for good.
    assert seats[nov(17), phone] == (4, 2, 2)
    assert seats[nov(20), phone] == (4, 1, 1)
    months = {(row[0], row[4]): row for row in counted["seats of months"]}
    _month, first, last, peak, _pk, *rest = months[nov(1), office]
    assert (first, last, peak, *rest) == (nov(1), nov(30), 3, 0, 0, 0, None, "")
    assert counted["users of months"][1] == (nov(1), nov(1), nov(30), 5, 4, 1, 3, 1)


def test_users_who_were_removed_with_their_upload_had_their_licenses(
    cast: Cast, calendar: Calendar
) -> None:
    """An undo removes them at once, and the log doesn't say of what was released."""
    life = Life(cast)
    office = life.buy("Office", 9)
    ann, ben = life.add("ann", "ben", seats=office)
    calendar.night_after(BEGIN)
    calendar.at(nov(1), 12)
    office.refresh_from_db()
    with transaction.atomic():
        release_all([ann.pk, ben.pk], at=calendar.tick())
        batch = open_batch(BatchKind.REMOVE, actor=cast.alice, customer=cast.contoso)
        remove_rows([ann, ben], customer=cast.contoso, actor=cast.alice, batch=batch)
    for day in (date(2026, 10, 31), nov(1)):
        calendar.night_after(day)
    counted = figures(cast.contoso)
    forget(cast.contoso)
    calendar.night_after(nov(1))
    assert figures(cast.contoso) == counted
    assert [row[1:] for row in counted["users"]] == [(4, 2, 0, 0), (4, 0, 0, 0), (2, 0, 2, 0)]
    assert [row[3] for row in counted["seats"]] == [2, 2, 0]


def test_licenses_of_a_product_that_was_renamed_are_found(cast: Cast, calendar: Calendar) -> None:
    life = Life(cast)
    own = add_own_product(OwnFacts("Boards", {"BOARD": "Board"}), actor=cast.alice)
    boards = add_subscription(cast.contoso, own, quantity=3, renews_on=RENEWS, actor=cast.alice)
    calendar.night_after(BEGIN)
    calendar.at(nov(1), 12)
    [ann] = life.add("ann", seats=boards)
    change_own_product(own, OwnFacts("Ink", {"BOARD": "Board"}), actor=cast.alice)
    calendar.night_after(nov(1))
    assert [row[3] for row in figures(cast.contoso)["seats"]] == [0, 0, 1]
    assert ann.pk
