"""The months, which are made of the days: the last one that is known, the peak, and the sums."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer
from customers.services import bulk

from ...models import SeatDay, SeatMonth, UserDay, UserMonth
from ...queries.reports.clocks import first_of, month_after

# A month that has this day already is left alone: what is run twice is counted once.
ADD_SEATS = """
INSERT INTO accounts_seatmonth AS known (
    subscription_id, customer_id, month, first_day, last_day,
    peak, bought, assigned, blocked, price, currency
)
SELECT
    subscription_id, customer_id, %(month)s, day, day,
    assigned, bought, assigned, blocked, price, currency
FROM accounts_seatday WHERE day = %(day)s
ON CONFLICT (subscription_id, month) DO UPDATE SET
    last_day = excluded.last_day,
    peak = CASE WHEN excluded.peak > known.peak THEN excluded.peak ELSE known.peak END,
    bought = excluded.bought,
    assigned = excluded.assigned,
    blocked = excluded.blocked,
    price = excluded.price,
    currency = excluded.currency
WHERE known.last_day < excluded.last_day
"""
ADD_USERS = """
INSERT INTO accounts_usermonth AS known (
    customer_id, month, first_day, last_day, peak, users, added, deleted, restored
)
SELECT customer_id, %(month)s, day, day, users, users, added, deleted, restored
FROM accounts_userday WHERE day = %(day)s
ON CONFLICT (customer_id, month) DO UPDATE SET
    last_day = excluded.last_day,
    peak = CASE WHEN excluded.peak > known.peak THEN excluded.peak ELSE known.peak END,
    users = excluded.users,
    added = known.added + excluded.added,
    deleted = known.deleted + excluded.deleted,
    restored = known.restored + excluded.restored
WHERE known.last_day < excluded.last_day
"""


def add_days(days: Iterable[date]) -> None:
    """Add the rows of whole days to their months, for all customers at once."""
    with connection.cursor() as cursor:
        for day in sorted(days):
            told = {"day": day, "month": first_of(day)}
            cursor.execute(ADD_SEATS, told)
            cursor.execute(ADD_USERS, told)


def renew_months(customer: Customer, months: Collection[date]) -> None:
    """Make these months of a customer anew, of all the days that are known of them."""
    if not months:
        return
    since, until = min(months), month_after(max(months))
    SeatMonth.objects.filter(customer=customer, month__in=months).delete()
    UserMonth.objects.filter(customer=customer, month__in=months).delete()
    within = {"customer": customer, "day__gte": since, "day__lt": until}
    own = customer.subscriptions.values("pk")
    seats = SeatDay.objects.filter(**within, subscription__in=own)
    seats = seats.order_by("subscription", "day")
    bulk.insert(
        SeatMonth,
        [
            _seats_of(month, days)
            for month, days in _by_month(seats, "subscription_id")
            if month in months
        ],
    )
    users = UserDay.objects.filter(**within).order_by("day")
    told = []
    for month, own_days in _by_month(users, "customer_id"):
        last = own_days[-1]
        told.append(
            UserMonth(
                customer_id=last.customer_id,
                month=month,
                first_day=own_days[0].day,
                last_day=last.day,
                peak=max(day.users for day in own_days),
                users=last.users,
                added=sum(day.added for day in own_days),
                deleted=sum(day.deleted for day in own_days),
                restored=sum(day.restored for day in own_days),
            )
        )
    bulk.insert(UserMonth, [row for row in told if row.month in months])


def _by_month(rows: QuerySet[Any], column: str) -> Iterable[tuple[date, list[Any]]]:
    """Yield the days, which come in order, of what the column names, a month at a time."""
    groups = groupby(rows, lambda row: (getattr(row, column), first_of(row.day)))
    for (_owner, month), days in groups:
        yield month, list(days)


def _seats_of(month: date, days: list[SeatDay]) -> SeatMonth:
    last = days[-1]
    return SeatMonth(
        subscription_id=last.subscription_id,
        customer_id=last.customer_id,
        month=month,
        first_day=days[0].day,
        last_day=last.day,
        peak=max(day.assigned for day in days),
        bought=last.bought,
        assigned=last.assigned,
        blocked=last.blocked,
        price=last.price,
        currency=last.currency,
    )
