"""The plan of a restore: which licenses come back, seat by seat and by the rules."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import F
from django.utils.functional import cached_property

from customers.models import Customer, Domain
from customers.said import gettext as _
from licensing.errors import canceled, no_seat, suspended
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from licensing.rules import Catalog

from ...models import User
from .names import name_returns
from .records import Choices, HeldLicense, Return

Held = Mapping[int, Sequence[HeldLicense]]


def held_at_deletion(users: Iterable[User]) -> dict[int, list[HeldLicense]]:
    """Return by user id the licenses that each deletion released, at its instant."""
    held: dict[int, list[HeldLicense]] = {}
    rows = (
        LicenseAssignment.objects.filter(
            user__among=[user.pk for user in users], released_at=F("user__deleted_at")
        )
        .order_by("subscription__product__name", "pk")
        .values_list(
            "pk",
            "user_id",
            "subscription_id",
            "subscription__product_id",
            "subscription__product__name",
            "services_off",
        )
    )
    for row in map(HeldLicense._make, rows):
        held.setdefault(row.user_id, []).append(row)
    return held


class Desk:
    """All that a restore of these users depends on, read once; who gets a seat, the plan says."""

    def __init__(
        self,
        users: Sequence[User],
        customer: Customer,
        *,
        held: Held | None = None,
        subscriptions: Mapping[int, Subscription] | None = None,
    ) -> None:
        self.users = users
        self.customer = customer
        self.held = held_at_deletion(users) if held is None else held
        if subscriptions is None:
            own = customer.subscriptions.select_related("product")
            subscriptions = {row.pk: row for row in own}
        self.subscriptions = subscriptions

    @cached_property
    def domains(self) -> dict[str, Domain]:
        return {domain.name: domain for domain in self.customer.domains.all()}

    @cached_property
    def rules(self) -> "Rules":
        return Rules()

    def plan(self, choices: Choices | None = None) -> list[Return]:
        """Return who comes back how, in the order of the list, without the skipped; write nothing.

        Earlier users get the last seats.
        """
        choices = choices or Choices()
        skip = frozenset(choices.skip)
        users = [user for user in self.users if user.pk not in skip]
        returns = name_returns(users, self.domains, choices.names)
        first = frozenset(choices.first)
        held = (row for user in users for row in self.held.get(user.pk, ())) if first else ()
        wanted_first = [row for row in held if row.pk in first]
        seats = FreeSeats(self.subscriptions, wanted_first, choices.without)
        for item in returns:
            rows = self.held.get(item.user.pk, ())
            if rows:
                choose(item, rows, seats, self.rules)
                seats.settle(rows, item.back)
        return returns


class FreeSeats:
    """Free seats as they run out; some are kept for the users to whom they were promised."""

    def __init__(
        self,
        subscriptions: Mapping[int, Subscription],
        first: Iterable[HeldLicense],
        without: Collection[int],
    ) -> None:
        self.without = frozenset(without)
        self.free = {pk: row.available for pk, row in subscriptions.items() if row.is_active}
        self.closed: dict[int, str] = {}
        for pk, pool in subscriptions.items():
            if not pool.is_active:
                why = suspended if pool.status == SubscriptionStatus.SUSPENDED else canceled
                self.closed[pk] = why(pool.product.name)
        self.promised: set[int] = set()
        self.kept: Counter[int] = Counter()
        for row in first:
            if self.kept[row.subscription_id] < self.free.get(row.subscription_id, 0):
                self.kept[row.subscription_id] += 1
                self.promised.add(row.pk)

    def is_full(self, row: HeldLicense) -> bool:
        """Whether there is no seat for this one, in a subscription that is active."""
        pk = row.subscription_id
        if row.pk in self.promised or pk in self.closed:
            return False
        return self.free[pk] - self.kept[pk] < 1

    def problem(self, row: HeldLicense) -> str:
        """Return why this license can't come back, or ""."""
        if row.subscription_id in self.closed:
            return self.closed[row.subscription_id]
        if self.is_full(row):
            return no_seat(row.product)
        if row.pk in self.without:
            return left_out(row.product)
        return ""

    def settle(self, rows: Iterable[HeldLicense], back: Iterable[HeldLicense]) -> None:
        """Note that one user's `rows` are decided: seats of those not `back` are for others."""
        for row in rows:
            if row.pk in self.promised:
                self.kept[row.subscription_id] -= 1
        for row in back:
            self.free[row.subscription_id] -= 1


def left_out(product: str) -> str:
    """Return the sentence for a license that was left out by choice."""
    return _("%(product)s: excluded by choice.") % {"product": product}


class Rules:
    """The catalog's answers, kept, since many users need the same."""

    def __init__(self) -> None:
        self.catalog = Catalog()
        self.known: dict[tuple[tuple[int, ...], str], dict[int, str]] = {}

    def problems(self, products: tuple[int, ...], usage_location: str) -> dict[int, str]:
        key = (products, usage_location)
        if key not in self.known:
            self.known[key] = self.catalog.problems(products, products, usage_location)
        return self.known[key]


def choose(item: Return, rows: Iterable[HeldLicense], seats: FreeSeats, rules: Rules) -> None:
    """Choose which of the rows come back; the seats are the caller's to settle."""
    item.back = list(rows)
    location = str(item.user.usage_location)
    while True:
        problems = rules.problems(tuple(row.product_id for row in item.back), location)
        for row in item.back:
            reason = seats.problem(row) or problems.get(row.product_id)
            if reason:
                # Without this one another may lack what it needs: look at all of them again.
                item.back.remove(row)
                item.lost.append((row, reason))
                if seats.is_full(row):
                    item.short.append(row)
                break
        else:
            return
