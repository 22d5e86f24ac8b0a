"""What needs attention across all customers: seats, renewals, deletions, passwords, accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from customers.models import CustomerQuerySet
from licensing.models import RENEWAL_DAYS, Subscription

from ..models import CredentialSheet, User
from ..models.credentials import CredentialSheetQuerySet
from ..models.expressions import password_expiring
from ..models.user_queries import UserQuerySet


@dataclass(frozen=True, slots=True)
class Shortage:
    """A customer with subscriptions that have no free seat."""

    customer_id: int
    name: str
    products: Sequence[str]


@dataclass(frozen=True, slots=True)
class Deadline:
    """How many of a customer's deleted users can be restored for a week at most."""

    customer_id: int
    name: str
    users: int
    first: datetime


@dataclass(frozen=True, slots=True)
class IdleSeats:
    """How many seats of a customer users hold who don't use them, and how many users."""

    customer_id: int
    name: str
    seats: int
    users: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of something a customer has, and when the first of them ends, where that is told."""

    customer_id: int
    name: str
    number: int
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs attention, by customer. A user who is blocked and never signed in is in both."""

    shortages: Sequence[Shortage] = ()
    renewals: Sequence[Waiting] = ()
    deadlines: Sequence[Deadline] = ()
    sheets: Sequence[Waiting] = ()
    expiring: Sequence[Waiting] = ()
    idle: Sequence[IdleSeats] = ()
    unused: Sequence[IdleSeats] = ()

    @property
    def users(self) -> int:
        return sum(row.users for row in self.deadlines)

    @property
    def seats(self) -> int:
        return sum(row.seats for row in self.idle)

    @property
    def unused_seats(self) -> int:
        return sum(row.seats for row in self.unused)

    @property
    def renewing(self) -> int:
        return sum(row.number for row in self.renewals)

    @property
    def open_sheets(self) -> int:
        return sum(row.number for row in self.sheets)

    @property
    def passwords(self) -> int:
        return sum(row.number for row in self.expiring)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in KINDS)


KINDS = tuple(Attention.__dataclass_fields__)


def attention(
    customers: CustomerQuerySet, sheets: CredentialSheetQuerySet | None = None
) -> Attention:
    """Return what needs attention; seven queries, whatever the number of customers.

    `sheets` are those that the reader may open: without them nothing is asked, and nothing told.
    """
    full = Subscription.objects.full().filter(customer__in=customers)
    rows = full.order_by("customer__name", "customer_id", "product__name")
    products: dict[tuple[int, str], list[str]] = {}
    for pk, name, product in rows.values_list("customer_id", "customer__name", "product__name"):
        products.setdefault((pk, name), []).append(product)
    shortages = [Shortage(pk, name, names) for (pk, name), names in products.items()]

    final = User.objects.final_soon().filter(customer__in=customers)
    leaving = final.order_by().values("customer_id", "customer__name")
    leaving = leaving.annotate(users=Count("pk"), first=Min("purge_after")).order_by("first")
    columns = ("customer_id", "customer__name", "users", "first")
    deadlines = [Deadline(*row) for row in leaving.values_list(*columns)]

    own = (CredentialSheet.objects.none() if sheets is None else sheets).open()
    waiting = own.filter(customer__in=customers).order_by().values("customer_id", "customer__name")
    waiting = waiting.annotate(number=Count("pk"), first=Min("expires_at")).order_by("first")
    columns = ("customer_id", "customer__name", "number", "first")

    users = User.objects.filter(customer__in=customers, deleted_at=None)
    return Attention(
        shortages=sorted(shortages, key=lambda row: -len(row.products)),
        renewals=renewals(customers, timezone.localdate()),
        deadlines=deadlines,
        sheets=[Waiting(*row) for row in waiting.values_list(*columns)],
        expiring=expiring(users),
        idle=held_by(users.filter(blocked_at__isnull=False)),
        unused=held_by(users.filter(last_login=None)),
    )


def renewals(customers: CustomerQuerySet, today: date) -> list[Waiting]:
    """Return the customers with subscriptions that renew soon, the first day first."""
    rows = Subscription.objects.may_renew(today, today + timedelta(days=RENEWAL_DAYS))
    rows = rows.filter(customer__in=customers).select_related("customer")
    days: dict[tuple[int, str], list[date]] = {}
    for row in rows:
        if row.renews_soon(today):
            key = (row.customer_id, row.customer.name)
            days.setdefault(key, []).append(row.next_renewal(today))
    ordered = sorted(days.items(), key=lambda item: (min(item[1]), item[0][1]))
    return [Waiting(pk, name, len(every), min(every)) for (pk, name), every in ordered]


def expiring(users: UserQuerySet) -> list[Waiting]:
    """Return the customers with temporary passwords about to expire, the most first."""
    ending = users.filter(password_expiring(), must_change_password=True)
    rows = ending.order_by().values("customer_id", "customer__name").annotate(number=Count("pk"))
    columns = ("customer_id", "customer__name", "number")
    found = rows.order_by("-number", "customer__name").values_list(*columns)
    return [Waiting(*row) for row in found]


def held_by(users: UserQuerySet) -> list[IdleSeats]:
    """Return the customers at which these users hold seats, the most seats first."""
    held = users.filter(assignments__isnull=False, assignments__released_at=None)
    rows = held.order_by().values("customer_id", "customer__name")
    rows = rows.annotate(seats=Count("assignments"), users=Count("pk", distinct=True))
    columns = ("customer_id", "customer__name", "seats", "users")
    return [
        IdleSeats(*row) for row in rows.order_by("-seats", "customer__name").values_list(*columns)
    ]
