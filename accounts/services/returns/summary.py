"""What comes back with very many deleted people, in figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from customers.models import Customer

from ...models import User
from ...queries.license_groups import Group, groups_at_deletion
from .plan import FreeSeats, Rules, choose
from .records import HeldLicense, Return


@dataclass(frozen=True, slots=True)
class Summary:
    """How many licenses of each product come back, and how many can't for each reason."""

    back: Counter[str]
    lost: Counter[str]


def summarize(people: Sequence[int], customer: Customer) -> Summary:
    """As a plan of their return in this order, which gives the last seats to the first of them.

    What comes of a person follows from the group and from what is full by then: it is decided
    once for all of whom both is true.
    """
    subscriptions = {row.pk: row for row in customer.subscriptions.select_related("product")}
    names = {pk: row.product.name for pk, row in subscriptions.items()}
    groups = groups_at_deletion(people, customer)
    of_person = {pk: place for place, group in enumerate(groups) for pk in group.people}
    rows = [_rows(group, names) for group in groups]
    seats, rules = FreeSeats(subscriptions, (), ()), Rules()
    known: dict[tuple[int, tuple[int, ...]], Return] = {}
    summary = Summary(Counter(), Counter())
    for place in (of_person[pk] for pk in people if pk in of_person):
        key = place, tuple(row.pk for row in rows[place] if seats.is_full(row))
        if key not in known:
            known[key] = _decide(groups[place], rows[place], seats, rules)
        _count(summary, known[key])
        seats.settle((), known[key].back)
    return summary


def _rows(group: Group, names: dict[int, str]) -> list[HeldLicense]:
    found = [
        HeldLicense(pk, group.people[0], pk, held.product_id, names[pk], list(held.off))
        for pk, held in group.held.items()
    ]
    return sorted(found, key=lambda row: row.product)


def _decide(group: Group, rows: Iterable[HeldLicense], seats: FreeSeats, rules: Rules) -> Return:
    one = Return(User(usage_location=group.location), "", "")
    choose(one, rows, seats, rules)
    return one


def _count(summary: Summary, one: Return) -> None:
    summary.back.update(row.product for row in one.back)
    summary.lost.update(reason for _row, reason in one.lost)
