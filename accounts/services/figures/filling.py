"""The days that no night has counted, read from the log: a customer at a time."""

import time
from datetime import UTC, date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from customers.models import AuditSeal, Customer
from customers.services import bulk
from customers.services.transactions import transactional
from customers.zones import zone_of

from ...models import SeatDay, SeatMonth, UserDay, UserMonth
from ...queries.reports.clocks import (
    ONE,
    Clocks,
    begin_of,
    first_of,
    last_night,
    today,
)
from .months import renew_months
from .nights import count_nights, open_nights
from .replay import DayThen, days_then

logger = structlog.get_logger(__name__)

# Of a run: the next one goes on, and no worker is kept from what users wait for.
BUDGET = timedelta(minutes=4)


def remember_figures(now: datetime | None = None, *, budget: timedelta | None = BUDGET) -> int:
    """Write the figures of the last night of all customers, and of earlier nights that were missed;
    return of how many customers.

    What can be counted is counted; the others' days are read from the log, until the budget is
    spent. A customer whose log can't be read stops no other.
    """
    now = now or timezone.now()
    done, begun = count_nights(now), time.monotonic()
    rows = open_nights(Clocks.of_all(), now).values_list("pk", flat=True)
    for pk in list(rows):
        if budget is not None and time.monotonic() - begun > budget.total_seconds():
            break
        try:
            done += fill_customer(pk, now)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            logger.exception("figures_not_filled", customer=pk)
    return done


@transactional
def fill_customer(pk: int, now: datetime) -> bool:
    """Write a customer's days from the one after the last that is known to the last night."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            # What is now, and the log of how it came to it, are to be of one moment.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    customer = Customer.objects.get(pk=pk)
    zone = zone_of(customer)
    last = last_night(zone, now)
    known = UserDay.objects.filter(customer=customer).order_by("-day").first()
    first = max(_reach(customer, zone, now), known.day + ONE if known else date.min)
    if first > last:
        return False
    days = [first + ONE * number for number in range((last - first).days + 1)]
    ends = {day: begin_of(day + ONE, zone) for day in days}
    then = days_then(customer, ends, begin_of(first, zone))
    users = [
        UserDay(
            customer=customer,
            day=one.day,
            users=one.users,
            added=one.added,
            deleted=one.deleted,
            restored=one.restored,
        )
        for one in then
    ]
    # Another worker may be at the same: the database has one of both do it again.
    UserDay.objects.bulk_create(users, ignore_conflicts=True, batch_size=bulk.CHUNK)
    own = list(customer.subscriptions.values_list("pk", flat=True))
    SeatDay.objects.filter(subscription__in=own, day__gte=first, day__lte=last).delete()
    bulk.insert(SeatDay, _seats_of(customer, own, then))
    renew_months(customer, {first_of(day) for day in days})
    return True


def _seats_of(customer: Customer, own: list[int], then: list[DayThen]) -> list[SeatDay]:
    """Return the rows of seats; what was canceled has zeros until its month ends."""
    month = first_of(then[0].day)
    before = SeatDay.objects.filter(
        subscription__in=own, day__gte=month, day__lt=then[0].day
    ).order_by("day")
    shown = {row.subscription_id: (row.price, row.currency) for row in before}
    rows: list[SeatDay] = []
    for one in then:
        if first_of(one.day) != month:
            month, shown = first_of(one.day), {}
        now = {seats.subscription: seats for seats in one.seats}
        shown |= {pk: seats.price for pk, seats in now.items()}
        for pk, (price, currency) in shown.items():
            seats = now.get(pk)
            rows.append(
                SeatDay(
                    subscription_id=pk,
                    customer=customer,
                    day=one.day,
                    bought=seats.bought if seats else 0,
                    assigned=seats.assigned if seats else 0,
                    blocked=seats.blocked if seats else 0,
                    price=price,
                    currency=currency,
                )
            )
    return rows


def _reach(customer: Customer, zone: str, now: datetime) -> date:
    """Return the first day of which the log has everything, and which is to be kept."""
    days = [today(zone, customer.created_at), today(zone, now) - _kept()]
    dropped = AuditSeal.objects.of_owner(customer.partner_id).filter(
        events_dropped_at__isnull=False
    )
    last_at = dropped.order_by("-last_at").values_list("last_at", flat=True).first()
    if last_at is not None:
        days.append(today(zone, last_at) + ONE)
    return max(days)


def forget_figures(now: datetime | None = None) -> int:
    """Delete the days that are older than REPORT_DAYS, and the months that ended before; return
    how many rows.
    """
    end = (now or timezone.now()).astimezone(UTC).date() - _kept()
    old = (
        SeatDay.objects.filter(day__lt=end),
        UserDay.objects.filter(day__lt=end),
        SeatMonth.objects.filter(month__lt=first_of(end)),
        UserMonth.objects.filter(month__lt=first_of(end)),
    )
    return sum(rows._raw_delete(rows.db) for rows in old)  # noqa: SLF001 - without loading each


def _kept() -> timedelta:
    return timedelta(days=settings.REPORT_DAYS)
