"""Figures of what comes back with very many deleted users."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from customers.models import Customer

from ...models import User
from ...queries.license_groups import groups_at_deletion
from .plan import FreeSeats, Rules, choose
from .records import HeldLicense, Return


@dataclass(frozen=True, slots=True)
class Summary:
    """How many licenses of each product come back, and how many can't for each reason."""

    back: Counter[str]
    lost: Counter[str]


def summarize(users: Sequence[int], customer: Customer) -> Summary:
    """Count as a plan of their return in this order, which gives the last seats to the first.

    What comes of a user follows from the group and from what is full by then: it is decided once
    for all of whom both is true.
    """
    subscriptions = {row.pk: row for row in customer.subscriptions.select_related("product")}
    names = {pk: row.product.name for pk, row in subscriptions.items()}
    groups = groups_at_deletion(users, customer)
    group_of = {pk: place for place, group in enumerate(groups) for pk in group.users}
    rows = []
    for group in groups:
        licenses = [
            HeldLicense(pk, group.users[0], pk, held.product_id, names[pk], list(held.off))
            for pk, held in group.held.items()
        ]
        rows.append(sorted(licenses, key=lambda row: row.product))
    seats, rules = FreeSeats(subscriptions, (), ()), Rules()
    known: dict[tuple[int, tuple[int, ...]], Return] = {}
    summary = Summary(Counter(), Counter())
    for place in (group_of[pk] for pk in users if pk in group_of):
        key = place, tuple(row.pk for row in rows[place] if seats.is_full(row))
        if key not in known:
            known[key] = Return(User(usage_location=groups[place].location), "", "")
            choose(known[key], rows[place], seats, rules)
        one = known[key]
        summary.back.update(row.product for row in one.back)
        summary.lost.update(reason for _row, reason in one.lost)
        seats.settle((), one.back)
    return summary
