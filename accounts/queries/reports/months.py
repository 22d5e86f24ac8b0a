"""A month of the customers that somebody sees: of the past from its nights, else as of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Lower

from customers.models import Customer, CustomerQuerySet
from licensing.models import Subscription

from ...models import SeatMonth, UserMonth
from .clocks import first_of, month_after, month_before
from .figures import blocked_now, bought_now, in_month
from .rows import Group, ProductRow, SeatRow, Sums, UserFigures, grouped, seat_row


def known_since(customers: CustomerQuerySet) -> date | None:
    """Return the first day that is remembered of any of these customers."""
    rows = UserMonth.objects.filter(customer__in=customers)
    first = rows.order_by("month").values_list("month", flat=True).first()
    if first is None:
        return None
    found: date = rows.filter(month=first).aggregate(day=Min("first_day"))["day"]
    return found


@dataclass
class MonthReport:
    """The figures of one month. That of `today` is told as of now, and has its nights so far."""

    visible: CustomerQuerySet
    month: date
    today: date
    using: str | None = None

    @property
    def is_now(self) -> bool:
        return self.month == first_of(self.today)

    @property
    def _seat_months(self) -> "QuerySet[SeatMonth]":
        return SeatMonth.objects.using(self.using)

    @property
    def _user_months(self) -> "QuerySet[UserMonth]":
        return UserMonth.objects.using(self.using)

    @cached_property
    def has_before(self) -> bool:
        """Return whether there is a month before, against which a change can be told."""
        before = self._user_months.filter(month=month_before(self.month), customer__in=self.visible)
        return before.exists()

    def customers(self) -> CustomerQuerySet:
        """Return the customers of the report by name, with `primary_domain`."""
        rows = self.visible
        if not self.is_now:
            known = self._user_months.filter(customer=OuterRef("pk"), month=self.month)
            rows = rows.filter(Exists(known))
        return rows.with_primary_domain().order_by(Lower("name"), "pk")

    def groups(self, customers: Sequence[Customer]) -> list[Group]:
        """Return these customers with all that the report has of them, in their order."""
        rows = self._rows(customers)
        users = self._users(customers)
        found = []
        for customer in customers:
            group = Group(
                customer=customer,
                domain=customer.primary_domain or "",  # type: ignore[attr-defined]
                users=users.get(customer.pk),
                rows=rows.get(customer.pk, []),
                has_before=self.has_before,
            )
            for row in group.rows:
                group.add(row)
            found.append(group)
        return found

    def _rows(self, customers: Sequence[Customer]) -> dict[int, list[SeatRow]]:
        seats = self.seats(
            Customer.objects.using(self.using).filter(pk__in=[one.pk for one in customers])
        )
        return grouped(
            seat_row(row, has_before=self.has_before)
            for row in seats.order_by("told_product", "pk")
        )

    def seats(self, customers: CustomerQuerySet) -> Any:
        """Return the subscriptions of the month as columns, which are called told_… ."""
        before = self._seat_months.filter(month=month_before(self.month))
        if self.is_now:
            rows: Any = Subscription.objects.using(self.using).annotate(month=Value(self.month))
            known = self._seat_months.filter(subscription=OuterRef("pk"), month=self.month)
            peak = Subquery(known.values("peak"))
            of = {"told_bought": bought_now(), "told_blocked": blocked_now()}
            of["told_peak"] = Greatest(Coalesce(peak, 0), F("assigned"))
            rows, lead, pk = in_month(rows, "month"), "", "pk"
        else:
            rows, lead, pk = self._seat_months.filter(month=self.month), "subscription__", ""
            of = {f"told_{name}": F(name) for name in ("bought", "blocked", "peak")}
        before = before.filter(subscription=OuterRef(pk or "subscription"))
        return rows.filter(customer__in=customers).values(
            "customer_id",
            told_assigned=F("assigned"),
            told_price=F("price"),
            told_currency=F("currency"),
            told_subscription=F(pk or "subscription_id"),
            told_product=F(f"{lead}product__name"),
            told_product_id=F(f"{lead}product"),
            told_sku=F(f"{lead}product__sku"),
            told_status=F(f"{lead}status"),
            told_before=Subquery(before.values("assigned")),
            **of,
        )

    def _users(self, customers: Sequence[Customer]) -> dict[int, UserFigures]:
        ids = [customer.pk for customer in customers]
        months = (self.month, month_before(self.month))
        rows = self._user_months.filter(customer__in=ids, month__in=months)
        known = {(row.customer_id, row.month): row for row in rows}
        found = {}
        for customer in customers:
            row, last = (known.get((customer.pk, month)) for month in months)
            before = (last.users if last else 0) if self.has_before else None
            flows = (row.added, row.deleted, row.restored) if row else (0, 0, 0)
            if self.is_now:
                users = customer.active_users
                peak = max(users, row.peak if row else 0)
                found[customer.pk] = UserFigures(users, peak, *flows, before, None)
            elif row:
                figures = UserFigures(row.users, row.peak, *flows, before, row.last_day)
                found[customer.pk] = figures
        return found

    def products(self) -> list[ProductRow]:
        """Return the sums of each product over all customers, by name."""
        sums = {
            "bought": Sum("told_bought"),
            "sum_assigned": Sum("told_assigned"),
            "sum_blocked": Sum("told_blocked"),
            "customers": Count("customer_id", distinct=True),
            "cost": Sum(F("told_price") * (F("told_bought") - F("told_assigned"))),
        }
        names = ("told_product_id", "told_product", "told_currency")
        read = self.seats(self.visible).order_by()
        found: dict[int, ProductRow] = {}
        for told in read.values(*names).annotate(**sums):
            row = found.setdefault(
                told["told_product_id"],
                ProductRow(product=told["told_product"], has_before=self.has_before),
            )
            # A customer has one subscription of a product at a time, at one price.
            row.customers += told["customers"]
            part = Sums(told["bought"], told["sum_assigned"], told["sum_blocked"])
            if told["cost"] is not None:
                part.costs = {told["told_currency"]: told["cost"]}
            row.add(part)
        # What was assigned of each product when the month before ended.
        held = self._seat_months.filter(
            month=month_before(self.month), customer__in=self.visible, assigned__gt=0
        )
        product = ("subscription__product", "subscription__product__name")
        last = held.values_list(*product).annotate(sum=Sum("assigned")).order_by()
        for pk, name, before in last:
            row = found.setdefault(pk, ProductRow(product=name, has_before=self.has_before))
            row.before = before
        return sorted(found.values(), key=lambda row: row.product.casefold())

    def total(self, products: Sequence[ProductRow]) -> Sums:
        total = Sums(has_before=self.has_before)
        for row in products:
            total.add(row)
        return total

    def users(self) -> UserFigures:
        """Return the users of all customers together. Their peaks are of different days."""
        names = ("users", "added", "deleted", "restored")
        rows = self._user_months.filter(customer__in=self.visible)
        told = rows.filter(month=self.month).aggregate(**{name: Sum(name) for name in names})
        last = rows.filter(month=month_before(self.month)).aggregate(users=Sum("users"))["users"]
        if self.is_now:
            told["users"] = self.visible.aggregate(users=Sum("active_users"))["users"]
        users, added, deleted, restored = (told[name] or 0 for name in names)
        before = (last or 0) if self.has_before else None
        return UserFigures(users, 0, added, deleted, restored, before, None)


def months_between(first: date, last: date) -> list[date]:
    """Return the months of these two days and all between, the newest first."""
    found, month = [], first_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found[::-1]
