"""What a report of a month has, once it is read: rows of seats, grouped by customer, and sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import number_format

from customers.models import Customer
from licensing.models import SubscriptionStatus


def money(amount: Decimal, currency: str) -> str:
    return f"{number_format(amount, 2, force_grouping=True)} {currency}"


@dataclass(slots=True)
class Sums:
    """Seats of several subscriptions. `before` is what was assigned at the end of last month.

    Several currencies are never added up.
    """

    bought: int = 0
    assigned: int = 0
    blocked: int = 0
    before: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    # Without figures of the month before, nothing is known of a change.
    has_before: bool = False

    @property
    def unused(self) -> int:
        return self.bought - self.assigned

    @property
    def change(self) -> int | None:
        return self.assigned - self.before if self.has_before else None

    @property
    def money(self) -> list[str]:
        """Return what the unused seats cost in a month, by currency."""
        return [money(amount, currency) for currency, amount in sorted(self.costs.items())]

    def add(self, other: "Sums") -> None:
        self.bought += other.bought
        self.assigned += other.assigned
        self.blocked += other.blocked
        self.before += other.before
        for currency, amount in other.costs.items():
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + amount


@dataclass(slots=True, kw_only=True)
class SeatRow(Sums):
    """The seats of one subscription in a month. `status` is that of now."""

    subscription: int
    customer: int
    product: str
    sku: str
    status: str
    peak: int
    price: Decimal | None = None
    currency: str = ""

    @property
    def is_active(self) -> bool:
        return self.status == SubscriptionStatus.ACTIVE

    @property
    def status_text(self) -> str:
        return str(SubscriptionStatus(self.status).label)


@dataclass(slots=True, kw_only=True)
class ProductRow(Sums):
    """All seats of one product."""

    product: str
    customers: int = 0


class UserFigures(NamedTuple):
    """The users on the last day, the most of the month, and how they became so many."""

    users: int
    peak: int
    added: int
    deleted: int
    restored: int
    before: int | None
    as_of: date | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.users - self.before


@dataclass(slots=True, kw_only=True)
class Group(Sums):
    """A customer in a month: its users, its subscriptions, and their sums."""

    customer: Customer
    domain: str
    users: UserFigures | None
    rows: list[SeatRow] = field(default_factory=list)


def seat_row(told: Mapping[str, Any], *, has_before: bool) -> SeatRow:
    """Return a row from the columns of `MonthReport.seats`."""
    row = SeatRow(
        **{name: told[f"told_{name}"] for name in ("bought", "assigned", "blocked", "peak")},
        before=told["told_before"] or 0,
        has_before=has_before,
        subscription=told["told_subscription"],
        customer=told["customer_id"],
        product=told["told_product"],
        sku=told["told_sku"],
        status=told["told_status"],
    )
    row.price, row.currency = told["told_price"], told["told_currency"]
    if row.price is not None:
        row.costs = {row.currency: row.price * row.unused}
    return row


def grouped(rows: Iterable[SeatRow]) -> dict[int, list[SeatRow]]:
    found: dict[int, list[SeatRow]] = defaultdict(list)
    for row in rows:
        found[row.customer].append(row)
    return found
