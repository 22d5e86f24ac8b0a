"""The nightly rows: one statement for all seats, one for all users, and the months after them.

A customer is counted soon after midnight by its own clock, if its last night was counted and
nothing has happened to it since midnight. All others are left to the log (filling.py), which knows
how it was at midnight: so it does not matter how late this runs, nor how often.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.db.models import DateField, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from customers.models import Customer, CustomerQuerySet
from customers.services.transactions import transactional
from licensing.models import Subscription

from ...models import SeatDay, UserDay
from ...queries.reports.clocks import ONE, Clocks, begin_of, last_night
from ...queries.reports.events import ADDED, DELETED, RESTORED, counted, since
from ...queries.reports.figures import blocked_now, bought_now, in_month
from .months import add_days


@transactional
def count_nights(now: datetime | None = None) -> int:
    """Write the rows of the last night of each customer that can be counted; return how many."""
    now, clocks = now or timezone.now(), Clocks.of_all()
    # Nothing has happened to them since midnight.
    calm = open_nights(clocks, now).filter(
        ~Exists(since("end", "pk")),
        # The first day, or one that follows on another that is known.
        Q(created_at__gte=F("begin"))
        | Exists(UserDay.objects.filter(customer=OuterRef("pk"), day=OuterRef("day") - ONE)),
    )
    if not calm.exists():
        return 0
    ids = calm.values("pk")
    seats = Subscription.objects.filter(customer__in=ids).annotate(
        day=clocks.days(lambda zone: last_night(zone, now), "customer__"),
        month=TruncMonth("day", output_field=DateField()),
    )
    _insert(
        SeatDay,
        in_month(seats, "month"),
        subscription=F("pk"),
        customer=F("customer"),
        day=F("day"),
        bought=bought_now(),
        assigned=F("assigned"),
        blocked=blocked_now(),
        price=F("price"),
        currency=F("currency"),
    )
    # Last: with its row of users, a customer's day is done.
    flows = since("begin", "pk").filter(at__lt=OuterRef("end"))
    count = _insert(
        UserDay,
        calm,
        customer=F("pk"),
        day=F("day"),
        users=F("active_users"),
        added=counted(flows, ADDED),
        deleted=counted(flows, DELETED),
        restored=counted(flows, RESTORED),
    )
    add_days(days_of(clocks, now))
    return count


def days_of(clocks: Clocks, now: datetime) -> set[date]:
    """Return the days that are the last night's by some clock: two or three."""
    return {last_night(zone, now) for zone in clocks.places}


def open_nights(clocks: Clocks, now: datetime) -> CustomerQuerySet:
    """Return the customers whose last night is not known yet, with its `day`, `begin` and `end`."""
    rows = Customer.objects.annotate(
        day=clocks.days(lambda zone: last_night(zone, now)),
        begin=clocks.moments(lambda zone: begin_of(last_night(zone, now), zone)),
        end=clocks.moments(lambda zone: begin_of(last_night(zone, now) + ONE, zone)),
    ).filter(created_at__lt=F("end"))
    known = UserDay.objects.filter(customer=OuterRef("pk"), day=OuterRef("day"))
    return rows.filter(~Exists(known)).order_by("pk")


def _insert(model: type[models.Model], rows: "models.QuerySet[Any]", **columns: Any) -> int:
    """Write a row for each of these in one statement; what is there already stays."""
    named = {f"told_{name}": value for name, value in columns.items()}
    sql, params = rows.order_by().annotate(**named).values_list(*named).query.sql_with_params()
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    into = ", ".join(_quoted(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quoted(model._meta.db_table)} ({into}) {sql} ON CONFLICT DO NOTHING",
            params,
        )
        return int(cursor.rowcount)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
