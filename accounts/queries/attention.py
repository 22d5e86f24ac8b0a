"""What needs attention across all customers: seats, deletions, blocked accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from customers.models import CustomerQuerySet
from licensing.models import Subscription

from ..models import User

DAYS = 7


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
    """How many seats of a customer blocked users hold, and how many users."""

    customer_id: int
    name: str
    seats: int
    users: int


@dataclass(frozen=True, slots=True)
class Attention:
    shortages: Sequence[Shortage]
    deadlines: Sequence[Deadline]
    idle: Sequence[IdleSeats]

    @property
    def users(self) -> int:
        return sum(row.users for row in self.deadlines)

    @property
    def seats(self) -> int:
        return sum(row.seats for row in self.idle)

    def __bool__(self) -> bool:
        return bool(self.shortages or self.deadlines or self.idle)


def attention(customers: CustomerQuerySet) -> Attention:
    """Return what needs attention; three queries, whatever the number of customers."""
    full = Subscription.objects.full().filter(customer__in=customers)
    rows = full.order_by("customer__name", "customer_id", "product__name")
    products: dict[tuple[int, str], list[str]] = {}
    for pk, name, product in rows.values_list("customer_id", "customer__name", "product__name"):
        products.setdefault((pk, name), []).append(product)
    shortages = [Shortage(pk, name, names) for (pk, name), names in products.items()]

    final = User.objects.final_within(DAYS).filter(customer__in=customers)
    leaving = final.order_by().values("customer_id", "customer__name")
    leaving = leaving.annotate(users=Count("pk"), first=Min("purge_after")).order_by("first")
    columns = ("customer_id", "customer__name", "users", "first")
    deadlines = [Deadline(*row) for row in leaving.values_list(*columns)]

    blocked = User.objects.blocked().filter(
        customer__in=customers, assignments__isnull=False, assignments__released_at=None
    )
    held = blocked.order_by().values("customer_id", "customer__name")
    held = held.annotate(seats=Count("assignments"), users=Count("pk", distinct=True))
    columns = ("customer_id", "customer__name", "seats", "users")
    ordered = held.order_by("-seats", "customer__name").values_list(*columns)
    idle = [IdleSeats(*row) for row in ordered]

    return Attention(sorted(shortages, key=lambda row: -len(row.products)), deadlines, idle)
